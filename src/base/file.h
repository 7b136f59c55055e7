/*
 * Files that appear whole or not at all. A stage is a folder made beside the final one, named with a leading dot;
 * files are written into it through pr_stage_write (checked writes, fsync), and pr_stage_publish puts the folder in
 * its place: fsync of the folder, rename (exchange where a folder is already there, then the old one is removed),
 * fsync of the parent. A stage that is dropped, or left behind by a killed run, is removed (pr_stage_sweep).
 */
#ifndef PR_BASE_FILE_H
#define PR_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/* The whole file, terminated with a NUL that is not counted; refused above `cap_bytes`. */
PR_CHECK bool pr_file_read(
	const char *path, size_t cap_bytes, struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error);
/* Temporary file in the same folder, fsync, rename, fsync of the folder. */
PR_CHECK bool pr_file_write(const char *path, const void *bytes, size_t count, struct pr_error *error);
/* Writes and syncs a file that nobody looks at yet; a failure for want of room names `folder`. */
PR_CHECK bool pr_file_create(
	const char *path, const char *folder, const void *bytes, size_t count, struct pr_error *error);

/* The same in pieces: begin, put …, end with whether all of it went well (else it is only closed, and false). Path and
 * folder have to stay. */
struct pr_file_writer {
	int descriptor;
	const char *path, *folder;
};
PR_CHECK bool pr_file_begin(
	struct pr_file_writer *writer, const char *path, const char *folder, struct pr_error *error);
PR_CHECK bool pr_file_put(struct pr_file_writer *writer, const void *bytes, size_t count, struct pr_error *error);
PR_CHECK bool pr_file_end(struct pr_file_writer *writer, bool good, struct pr_error *error);

/* A new file with the bytes and the times of another. */
PR_CHECK bool pr_file_copy(const char *from, const char *to, struct pr_error *error);

PR_CHECK bool pr_folder_make(const char *path, struct pr_error *error); /* with its parents */
PR_CHECK bool pr_folder_sync(const char *path, struct pr_error *error);
PR_CHECK bool pr_folder_remove(
	const char *path, struct pr_error *error); /* with all that is in it; never follows links;
                                                                            one that is not there is fine */

struct pr_stage {
	char *folder; /* "<parent>/.<name>.<host>.<pid>.part", in the arena; NULL when published or dropped */
	char *final;  /* "<parent>/<name>" */
};
/* Makes `parent` too, if need be. */
PR_CHECK bool pr_stage_open(
	struct pr_stage *stage, const char *parent, const char *name, struct pr_arena *arena, struct pr_error *error);
/* The name may lead through folders inside ("charts/energy.svg"), which are made. */
PR_CHECK bool pr_stage_write(
	const struct pr_stage *stage, const char *name, const void *bytes, size_t count, struct pr_error *error);
/*
 * Takes a file or a whole folder over as it is, times included, under `name` (base/carry.c); what is not there is passed
 * over. A file of that name that is in the stage already is an error, so carry what is to stay and write the rest.
 */
PR_CHECK bool pr_stage_carry(const struct pr_stage *stage, const char *from, const char *name, struct pr_error *error);
PR_CHECK bool pr_stage_publish(struct pr_stage *stage, struct pr_error *error);
void pr_stage_drop(struct pr_stage *stage); /* harmless after publish */
/*
 * Removes the stages in `parent` whose process is gone; those of other machines, which can't be asked, a day after their
 * last change. A parent that isn't there is fine.
 */
PR_CHECK bool pr_stage_sweep(const char *parent, struct pr_error *error);
/* Publish's way where the file system knows no exchange of names (NFS): the old folder is moved aside first. */
PR_CHECK bool pr_stage_replace_aside(const char *folder, const char *final, struct pr_error *error);

/* Fails unless `folder` is there, writable, and has `bytes` free: for libraries that lose data silently. */
PR_CHECK bool pr_folder_check_room(const char *folder, uint64_t bytes, struct pr_error *error);
/* A secret: the file must be a regular one of mode 0600 or stricter, owned by this user; its first line, trimmed. */
PR_CHECK bool pr_file_read_secret(const char *path, struct pr_arena *arena, char **secret, struct pr_error *error);

#endif
