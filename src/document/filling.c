/*
 * What stands on which page. Of all ways to break the document the one with the least badness is taken: the square of
 * what every page but the last leaves empty, and what a broken table, a chart drawn higher or lower than it would like,
 * and a chapter that begins below another one cost. As lines of a paragraph are found, only downwards.
 */
#include "document/flow.h"

#include <math.h>

#define ROWS_KEPT 3 /* on either side of a break */
#define NEARLY 0.5  /* by as much may a page be overfull */
#define CONTENT (PR_PAGE_BOTTOM - PR_PAGE_TOP)
#define EMPTY_MUCH 0.4
#define LAST_LEAST 0.2

#define COST_EMPTY_MUCH 2.0 /* of what is empty beyond EMPTY_MUCH, on top of its square */
#define COST_LAST_SHORT 0.1 /* a last page with little on it */
#define COST_HIGHER 0.01    /* charts as high as they go; the square in between */
#define COST_LOWER 0.05     /* charts as low as they go */
#define COST_TABLE_BROKEN 0.03
#define COST_ROWS_LEFT 0.4 /* of the room below a broken table, which could hold rows */
#define COST_CHAPTER_BROKEN 0.01
#define COST_FIT_BROKEN 0.12    /* a chapter that goes on below another one only as a whole */
#define COST_TEXT_PARTED 0.15   /* from the block above that it explains */
#define COST_CHAPTER_BELOW 0.15 /* one that would begin a page */
#define COST_ROWS_LOST 20.0     /* fewer rows than three on a side: only where nothing else is left */
#define COST_HEAD_ALONE 100.0

struct choice {
	double cost;
	size_t item, piece; /* what the next page begins with */
	double change;      /* of the heights of this page's charts together */
};

struct filling {
	const struct pr_fill_item *items;
	size_t count;
	size_t *first; /* of an item's states, one a piece that a page can begin with; [count] = the end */
	struct choice *best;
};

/* A page being filled. */
struct page {
	double y, bottom; /* the next rule; where the last ink ends */
	double lower, higher;
	double cost;
	size_t whole_until; /* better no break before that item */
	bool begun;
};

static double snap(double y)
{
	return ceil(y / PR_GRID - 1e-6) * PR_GRID;
}

static size_t states_of(const struct pr_fill_item *item)
{
	return item->parts && item->parts->piece_count > 0 ? item->parts->piece_count : 1;
}

/* The page as it is, ended: its cost, and by how much its charts change together. INFINITY = it is overfull. */
static double end_page(const struct page *page, bool last, double *change)
{
	double room = PR_PAGE_BOTTOM + NEARLY - page->bottom, empty;

	*change = 0;
	if (room < 0) {
		double less = ceil(-room / PR_GRID) * PR_GRID;
		*change = -less;
		return less > page->lower ? INFINITY : page->cost + COST_LOWER * (less / page->lower) * (less / page->lower);
	}
	if (last)
		return page->cost + (page->bottom - PR_PAGE_TOP < LAST_LEAST * CONTENT ? COST_LAST_SHORT : 0);
	*change = fmin(floor(room / PR_GRID) * PR_GRID, page->higher);
	empty = (room - NEARLY - *change) / CONTENT;
	return page->cost + empty * empty + COST_EMPTY_MUCH * fmax(0, empty - EMPTY_MUCH) +
	       (*change > 0 ? COST_HIGHER * (*change / page->higher) * (*change / page->higher) : 0);
}

static void consider(
	const struct filling *filling, const struct page *page, size_t item, size_t piece, double cost, struct choice *best)
{
	struct choice choice = {.item = item, .piece = piece};

	if (item < page->whole_until)
		cost += COST_FIT_BROKEN;
	choice.cost = cost + end_page(page, item == filling->count, &choice.change) +
	              filling->best[filling->first[item] + piece].cost;
	if (choice.cost < best->cost)
		*best = choice;
}

/* Every break within a table; whether its last piece fits. */
static bool fill_parts(const struct filling *filling, struct page *page, size_t index, size_t from, struct choice *best)
{
	const struct pr_flow *flow = filling->items[index].parts;
	double bottom = page->y + (from == 0 ? flow->head_height : PR_CONTINUED_HEIGHT) + flow->repeat_height;

	page->begun = true;
	for (size_t i = from; i < flow->piece_count; i++) {
		const bool last = i + 1 == flow->piece_count;
		const bool lost = i + 1 - from < ROWS_KEPT || flow->piece_count - i - 1 < ROWS_KEPT || flow->pieces[i].keep;

		bottom += flow->pieces[i].height;
		page->bottom = bottom + (last ? flow->tail_height : 0);
		if (page->bottom - page->lower > PR_PAGE_BOTTOM + NEARLY)
			return false;
		if (!last)
			consider(filling, page, index, i + 1,
				COST_TABLE_BROKEN + (lost ? COST_ROWS_LOST : 0) +
					COST_ROWS_LEFT * fmax(0, PR_PAGE_BOTTOM - page->bottom) / CONTENT,
				best);
	}
	page->y = snap(page->bottom + PR_BLOCK_SPACE);
	return true;
}

static bool fill_row(const struct pr_fill_item *item, struct page *page)
{
	page->bottom = page->y + item->height;
	page->lower += item->lower;
	page->higher += item->higher;
	page->begun = true;
	page->y = snap(page->bottom + PR_BLOCK_SPACE);
	return page->bottom - page->lower <= PR_PAGE_BOTTOM + NEARLY;
}

static bool fill_head(const struct pr_fill_item *item, struct page *page)
{
	double baseline = page->begun ? page->y + PR_CHAPTER_RISE : PR_CHAPTER_BASELINE;

	if (page->begun && item->start == PR_FILL_PAGE)
		page->cost += COST_CHAPTER_BELOW;
	if (page->begun && item->start == PR_FILL_FIT)
		page->whole_until = item->chapter_end;
	page->begun = true;
	page->bottom = baseline + item->height - PR_LEDE_BELOW;
	page->y = snap(baseline + item->height);
	return page->bottom - page->lower <= PR_PAGE_BOTTOM + NEARLY;
}

static double break_cost(const struct filling *filling, size_t before)
{
	if (before == filling->count || filling->items[before].is_head)
		return 0;
	if (filling->items[before - 1].is_head)
		return COST_HEAD_ALONE;
	return filling->items[before].explains ? COST_TEXT_PARTED : COST_CHAPTER_BROKEN;
}

/* The best page that begins with a piece of an item; the pages behind it are known. */
static struct choice fill_page(const struct filling *filling, size_t index, size_t piece)
{
	struct page page = {.y = PR_PAGE_TOP};
	struct choice best = {.cost = INFINITY};

	for (size_t i = index; i < filling->count; i++) {
		const struct pr_fill_item *item = &filling->items[i];
		bool fits;

		if (item->is_head)
			fits = fill_head(item, &page);
		else if (item->parts)
			fits = fill_parts(filling, &page, i, i == index ? piece : 0, &best);
		else
			fits = fill_row(item, &page);
		if (!fits)
			break;
		consider(filling, &page, i + 1, 0, break_cost(filling, i + 1), &best);
	}
	return best;
}

static void find_best(struct filling *filling, struct pr_arena *arena)
{
	size_t states = 0;

	filling->first = pr_arena_array(arena, filling->count + 1, sizeof *filling->first);
	for (size_t i = 0; i < filling->count; i++) {
		filling->first[i] = states;
		states += states_of(&filling->items[i]);
	}
	filling->first[filling->count] = states;
	filling->best = pr_arena_array(arena, states + 1, sizeof *filling->best);
	filling->best[states] = (struct choice){0};
	for (size_t i = filling->count; i-- > 0;)
		for (size_t p = states_of(&filling->items[i]); p-- > 0;)
			filling->best[filling->first[i] + p] = fill_page(filling, i, p);
}

/* --- what stands where ------------------------------------------------------------------------------------------ */

/* Shares a page's change among its charts, each in steps of the grid, so that everything stays on it. */
static void share_change(const struct filling *filling, struct pr_fill_part *parts, size_t count, double change)
{
	double all = 0, left = fabs(change);

	for (size_t i = 0; i < count; i++)
		all += change < 0 ? filling->items[parts[i].item].lower : filling->items[parts[i].item].higher;
	for (size_t i = 0; i < count && left > 0; i++) {
		const struct pr_fill_item *item = &filling->items[parts[i].item];
		double most = change < 0 ? item->lower : item->higher;
		double share = all > 0 ? ceil(left * most / all / PR_GRID - 1e-6) * PR_GRID : 0;

		all -= most;
		share = fmin(fmin(share, most), left);
		parts[i].change = change < 0 ? -share : share;
		left -= share;
	}
}

static size_t pieces_of(const struct pr_fill_item *item)
{
	return item->parts ? item->parts->piece_count : 1;
}

bool pr_filling_find(const struct pr_fill_item *items, size_t count, struct pr_arena *arena,
	struct pr_fill_part **parts, size_t *part_count, size_t *misfit)
{
	struct filling filling = {.items = items, .count = count};
	size_t item = 0, piece = 0, capacity = 0;

	*parts = NULL;
	*part_count = 0;
	find_best(&filling, arena);
	while (item < count) {
		const struct choice *choice = &filling.best[filling.first[item] + piece];
		size_t first = *part_count;

		*misfit = item;
		if (!isfinite(choice->cost))
			return false;
		for (bool more = true; more;) {
			size_t to = item == choice->item ? choice->piece : pieces_of(&items[item]);

			*PR_PUSH(arena, *parts, *part_count, capacity) =
				(struct pr_fill_part){.item = item, .from = piece, .count = to - piece};
			if (item == choice->item) {
				piece = to;
				break;
			}
			item++;
			piece = 0;
			more = item < choice->item || (item == choice->item && choice->piece > 0);
		}
		(*parts)[first].new_page = true;
		share_change(&filling, *parts + first, *part_count - first, choice->change);
	}
	return true;
}
