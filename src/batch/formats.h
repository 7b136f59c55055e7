/* What a run writes; bits. png and svg are the report's charts, one file each; layout is the pages as text, with where
 * each number stands among the findings (docs/truth.md). */
#ifndef PR_BATCH_FORMATS_H
#define PR_BATCH_FORMATS_H

enum pr_format {
	PR_FORMAT_PDF = 1,
	PR_FORMAT_XLSX = 2,
	PR_FORMAT_JSON = 4,
	PR_FORMAT_PNG = 8,
	PR_FORMAT_SVG = 16,
	PR_FORMAT_LAYOUT = 32
};

#endif
