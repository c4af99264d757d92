/*
 * Runs the native unit tests
 *
 * Copyright 2026 The winebits authors
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * This library is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with this library; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301, USA
 */

#include "unit.h"

/* --- every file of tests is named twice here --- */

extern const struct test error_tests[];
extern const struct test event_tests[];
extern const struct test httpdate_tests[];
extern const struct test list_tests[];
extern const struct test job_tests[];
extern const struct test multipart_tests[];
extern const struct test name_tests[];
extern const struct test options_tests[];
extern const struct test pace_tests[];
extern const struct test pick_tests[];
extern const struct test plan_tests[];
extern const struct test policy_tests[];
extern const struct test properties_tests[];
extern const struct test ranges_tests[];
extern const struct test response_tests[];
extern const struct test rules_tests[];
extern const struct test store_tests[];
extern const struct test url_tests[];
extern const struct test utf8_tests[];
extern const struct test wstr_tests[];

static const struct
{
    const char *name;
    const struct test *tests;
}
suites[] =
{
    { "error", error_tests },
    { "event", event_tests },
    { "httpdate", httpdate_tests },
    { "list", list_tests },
    { "job", job_tests },
    { "multipart", multipart_tests },
    { "name", name_tests },
    { "options", options_tests },
    { "pace", pace_tests },
    { "pick", pick_tests },
    { "plan", plan_tests },
    { "policy", policy_tests },
    { "properties", properties_tests },
    { "ranges", ranges_tests },
    { "response", response_tests },
    { "rules", rules_tests },
    { "store", store_tests },
    { "url", url_tests },
    { "utf8", utf8_tests },
    { "wstr", wstr_tests },
};

static int failures;   /* of the running test */
static int skipped;

int check_( const char *file, int line, int good, const char *cond, const char *format, ... )
{
    va_list args;

    if (good) return 1;
    failures++;
    printf( "# %s:%d: %s: ", file, line, cond );
    va_start( args, format );
    vprintf( format, args );
    va_end( args );
    return 0;
}

void skip( const char *reason )
{
    printf( "# skipped: %s\n", reason );
    skipped = 1;
}

/* unit_test [SUITE]: all tests, or those of one suite.  Exit code 0: nothing failed and something ran. */
int main( int argc, char *argv[] )
{
    unsigned int passed = 0, failed = 0, left_out = 0, i;
    const struct test *test;

    setvbuf( stdout, NULL, _IOLBF, 0 );
    for (i = 0; i < ARRAY_SIZE(suites); i++)
    {
        if (argc > 1 && strcmp( argv[1], suites[i].name )) continue;
        for (test = suites[i].tests; test->run; test++)
        {
            failures = skipped = 0;
            test->run();
            printf( "%s - %s: %s%s\n", failures ? "not ok" : "ok", suites[i].name, test->name,
                    skipped && !failures ? " # skip" : "" );
            if (failures) failed++;
            else if (skipped) left_out++;
            else passed++;
        }
    }
    printf( "%u passed, %u failed, %u skipped\n", passed, failed, left_out );
    return failed || !passed;
}
