/* The version of this program, as `powerreport --version`, reports and PDF metadata name it. */
#ifndef PR_BASE_VERSION_H
#define PR_BASE_VERSION_H

#define PR_VERSION "0.1.0"

#endif
