/*
 * The golden form of a layout: a line a box, text, link and anchor, in the order in which they were placed.
 *
 *     page 1 595.28 841.89
 *     box 56.00 154.00 496.00 210.00 "table bill"
 *       text 56.00 168.00 112.35 9.50 bold #14191D face 2 "…"
 *       text 500.12 186.00 51.88 8.50 regular #14191D face 0 = projects/10/bill.total "…"
 *     unbox
 */
#include "document/document.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

struct dumper {
	struct pr_buffer out;
	int depth; /* of boxes */
};

static void add_indent(struct dumper *dumper)
{
	for (int i = 0; i < dumper->depth; i++)
		pr_buffer_add(&dumper->out, "  ");
}

/* Two decimals, never "-0.00". */
static void add_number(struct dumper *dumper, double number)
{
	double rounded = round(number * 100) / 100;

	pr_buffer_format(&dumper->out, " %.2f", rounded == 0 ? 0.0 : rounded);
}

static void add_quoted(struct dumper *dumper, const char *text)
{
	pr_buffer_add(&dumper->out, " \"");
	for (const char *at = text ? text : ""; *at; at++) {
		if (*at == '\n') {
			pr_buffer_add(&dumper->out, "\\n");
			continue;
		}
		if (*at == '"' || *at == '\\')
			pr_buffer_add(&dumper->out, "\\");
		pr_buffer_add_n(&dumper->out, at, 1);
	}
	pr_buffer_add(&dumper->out, "\"\n");
}

static void add_rect(struct dumper *dumper, const struct pr_op *op, const char *word)
{
	add_indent(dumper);
	pr_buffer_add(&dumper->out, word);
	add_number(dumper, op->rect.x);
	add_number(dumper, op->rect.y);
	add_number(dumper, op->rect.width);
	add_number(dumper, op->rect.height);
	add_quoted(dumper, op->name);
}

static void add_run(struct dumper *dumper, const struct pr_op *op, const struct pr_text_run *run)
{
	const struct pr_style *style = &run->style;

	add_indent(dumper);
	pr_buffer_add(&dumper->out, "text");
	add_number(dumper, op->x + run->x_pt);
	add_number(dumper, op->y);
	add_number(dumper, run->width_pt);
	add_number(dumper, style->size_pt);
	pr_buffer_format(&dumper->out, " %s #%02X%02X%02X face %zu", style->weight == PR_BOLD ? "bold" : "regular",
		(unsigned)style->colour.red, (unsigned)style->colour.green, (unsigned)style->colour.blue, run->face);
	if (op->halo > 0) {
		pr_buffer_add(&dumper->out, " halo");
		add_number(dumper, op->halo);
	}
	if (run->finding)
		pr_buffer_format(&dumper->out, " = %s", run->finding);
	add_quoted(dumper, run->text);
}

static void add_op(struct dumper *dumper, const struct pr_op *op)
{
	switch (op->kind) {
	case PR_OP_TEXT:
		for (size_t i = 0; i < op->line.count; i++)
			add_run(dumper, op, &op->line.runs[i]);
		break;
	case PR_OP_BOX:
		add_rect(dumper, op, "box");
		dumper->depth++;
		break;
	case PR_OP_UNBOX:
		if (dumper->depth > 0)
			dumper->depth--;
		add_indent(dumper);
		pr_buffer_add(&dumper->out, "unbox\n");
		break;
	case PR_OP_PICTURE:
		add_rect(dumper, op, "picture");
		break;
	case PR_OP_LINK:
		add_rect(dumper, op, "link");
		break;
	case PR_OP_ANCHOR:
		add_indent(dumper);
		pr_buffer_add(&dumper->out, "anchor");
		add_number(dumper, op->y);
		add_quoted(dumper, op->name);
		break;
	case PR_OP_PATH:
	case PR_OP_CLIP:
	case PR_OP_UNCLIP:
		break;
	}
}

static void add_drawing(struct dumper *dumper, const struct pr_drawing *drawing)
{
	dumper->depth = 0;
	for (size_t i = 0; i < drawing->count; i++)
		add_op(dumper, &drawing->ops[i]);
}

void pr_document_dump(const struct pr_document *document, struct pr_arena *arena, const char **text)
{
	struct dumper dumper = {0};

	pr_buffer_init(&dumper.out, arena);
	pr_buffer_add(&dumper.out, "document");
	add_quoted(&dumper, document->title);
	for (size_t i = 0; i < document->page_count; i++) {
		const struct pr_drawing *drawing = &document->pages[i].drawing;
		pr_buffer_format(&dumper.out, "page %zu", i + 1);
		add_number(&dumper, drawing->width);
		add_number(&dumper, drawing->height);
		pr_buffer_add(&dumper.out, "\n");
		add_drawing(&dumper, drawing);
	}
	for (size_t i = 0; i < document->outline_count; i++) {
		const struct pr_outline_entry *entry = &document->outline[i];
		pr_buffer_format(&dumper.out, "outline %d page %zu", entry->level, entry->page + 1);
		add_number(&dumper, entry->y);
		add_quoted(&dumper, entry->title);
	}
	*text = dumper.out.text;
}
