/*
 * Functions that must not be called: they overflow, hide errors, keep hidden state or follow the locale. The Makefile
 * puts this header in front of every file; a call to one of them then names an identifier that does not exist.
 *
 * The headers that declare them come first, so that their declarations stay as they are.
 */
#ifndef PR_BASE_BANNED_H
#define PR_BASE_BANNED_H

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PR_BANNED(name, instead) pr_##name##_is_banned_##instead

#undef strcpy
#undef strcat
#undef strtok
#undef atoi
#undef atol
#undef atof
#undef gmtime
#undef localtime
#undef mktime
#undef setlocale
#undef sprintf
#undef vsprintf

#define strcpy(to, from) PR_BANNED(strcpy, use_memcpy_or_snprintf)
#define strcat(to, from) PR_BANNED(strcat, use_pr_buffer_add)
#define strtok(text, separators) PR_BANNED(strtok, use_strchr)
#define sprintf(...) PR_BANNED(sprintf, use_snprintf)
#define vsprintf(...) PR_BANNED(vsprintf, use_vsnprintf)
#define atoi(text) PR_BANNED(atoi, use_pr_text_to_int64)
#define atol(text) PR_BANNED(atol, use_pr_text_to_int64)
#define atof(text) PR_BANNED(atof, use_pr_text_to_double)
#define gmtime(time) PR_BANNED(gmtime, use_base_calendar)
#define localtime(time) PR_BANNED(localtime, use_base_calendar)
#define mktime(parts) PR_BANNED(mktime, use_base_calendar)
#define setlocale(category, locale) PR_BANNED(setlocale, as_no_output_follows_a_locale)

#endif
