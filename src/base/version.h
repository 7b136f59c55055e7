/* The program's version; in the PDF's metadata, the provenance page and --version. */
#ifndef PR_BASE_VERSION_H
#define PR_BASE_VERSION_H

#ifndef PR_VERSION
#define PR_VERSION "0.1.0"
#endif

#endif
