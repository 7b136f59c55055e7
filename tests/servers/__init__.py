"""Real servers for the tests, on free ports of the loopback interface, and a canned one for what real ones won't do.

Every server is started once a test session, whatever the number of pytest-xdist workers, and stopped by its process id
when the session ends (processes.py). The fixtures are in tests/conftest.py.
"""
