/*
 * What a table's cell shows beside its text: a ground, a bar with its limit, a chart in small. Private to the document
 * room.
 */
#ifndef PR_DOCUMENT_CELL_H
#define PR_DOCUMENT_CELL_H

#include "document/flow.h"

/* The style of the cell's text: red and bold where it needs attention, white on a dark ground. */
struct pr_style pr_cell_style(
	const struct pr_builder *builder, const struct pr_table_cell *cell, struct pr_style style);
/* What a shaded cell's ground covers: the gap before it too, but for a seam; its text stands in the middle. */
struct pr_rect pr_cell_ground(struct pr_rect rect, double gap_pt);
/* `rect`: the cell in its first line, its text's baseline 4.5 above its foot. */
PR_CHECK bool pr_cell_draw(const struct pr_builder *builder, const struct pr_table_column *column,
	const struct pr_table_row *row, const struct pr_table_cell *cell, struct pr_rect rect, struct pr_drawing *drawing,
	double gap_pt, struct pr_error *error);

#endif
