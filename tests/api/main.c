/*
 * The tests of the BITS interfaces
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

#define STANDALONE
#include <windows.h>
#include "wine/test.h"

extern void func_callback(void);
extern void func_demand(void);
extern void func_enum(void);
extern void func_error(void);
extern void func_file(void);
extern void func_httpoptions(void);
extern void func_job(void);
extern void func_limits(void);
extern void func_manager(void);
extern void func_modes(void);
extern void func_notify(void);
extern void func_owner(void);
extern void func_ownership(void);
extern void func_peercache(void);
extern void func_properties(void);
extern void func_proxy(void);
extern void func_qmgr(void);
extern void func_ranges(void);
extern void func_replay_chromium(void);
extern void func_replay_firefox(void);
extern void func_replay_omaha(void);
extern void func_replay_pymanager(void);
extern void func_schedule(void);
extern void func_target(void);
extern void func_token(void);
extern void func_token_access(void);
extern void func_token_use(void);
extern void func_transfer(void);
extern void func_words(void);

const struct test winetest_testlist[] =
{
    { "callback", func_callback },
    { "demand", func_demand },
    { "enum", func_enum },
    { "error", func_error },
    { "file", func_file },
    { "httpoptions", func_httpoptions },
    { "job", func_job },
    { "limits", func_limits },
    { "manager", func_manager },
    { "modes", func_modes },
    { "notify", func_notify },
    { "owner", func_owner },
    { "ownership", func_ownership },
    { "peercache", func_peercache },
    { "properties", func_properties },
    { "proxy", func_proxy },
    { "qmgr", func_qmgr },
    { "ranges", func_ranges },
    { "replay_chromium", func_replay_chromium },
    { "replay_firefox", func_replay_firefox },
    { "replay_omaha", func_replay_omaha },
    { "replay_pymanager", func_replay_pymanager },
    { "schedule", func_schedule },
    { "target", func_target },
    { "token", func_token },
    { "token_access", func_token_access },
    { "token_use", func_token_use },
    { "transfer", func_transfer },
    { "words", func_words },
    { NULL }
};
