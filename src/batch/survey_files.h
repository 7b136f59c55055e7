/*
 * A survey's file: workbook, CSV or PDF, by the name's ending. All are the same document (templates/survey.ini): the
 * CSV is the workbook's sheet of projects. The file appears whole or not at all.
 */
#ifndef PR_BATCH_SURVEY_FILES_H
#define PR_BATCH_SURVEY_FILES_H

#include "analysis/survey.h"
#include "config/config.h"
#include "document/document.h"

enum pr_survey_file {
	PR_SURVEY_FILE_XLSX,
	PR_SURVEY_FILE_CSV,
	PR_SURVEY_FILE_PDF,
	PR_SURVEY_FILE_LAYOUT, /* the PDF's pages as text, with where each number stands in the JSON (docs/truth.md) */
	PR_SURVEY_FILE_COUNT
};

/* PR_CODE_USAGE where the ending is none of the three. */
PR_CHECK bool pr_survey_file_kind(const char *path, enum pr_survey_file *kind, struct pr_error *error);

struct pr_survey_files {
	const struct pr_method *method;
	const char *path;
	enum pr_survey_file kind;
	struct pr_templates *templates;
	struct pr_typefaces *faces; /* owned; NULL where nothing is drawn */
};
/* Templates, fonts and the file's folder; all that is passed must outlive the files. Close in any case. */
PR_CHECK bool pr_survey_files_open(struct pr_survey_files *files, const struct pr_config *config,
	const struct pr_method *method, enum pr_survey_file kind, const char *path, struct pr_arena *arena,
	struct pr_error *error);
PR_CHECK bool pr_survey_files_write(const struct pr_survey_files *files, const struct pr_survey *survey,
	struct pr_arena *arena, struct pr_error *error);
void pr_survey_files_close(struct pr_survey_files *files);

#endif
