/*
 * Status codes of the Background Intelligent Transfer Service
 *
 * Copyright 2026 The winebits authors
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */

/*
 * Names follow the documentation; those without a documented meaning (0x8020002f to 0x8020003d) are kept for programs
 * that still mention them and are never generated.
 *
 * spec: api 6
 */

#ifndef __WINEBITS_BITSMSG_H
#define __WINEBITS_BITSMSG_H

/* success */

#define BG_S_ERROR_CONTEXT_NONE                              ((HRESULT)0x00200006)
#define BG_S_PARTIAL_COMPLETE                                ((HRESULT)0x00200017)
#define BG_S_UNABLE_TO_DELETE_FILES                          ((HRESULT)0x0020001A)
#define BG_S_PROXY_CHANGED                                   ((HRESULT)0x0020002A)
#define BG_S_OVERRIDDEN_BY_POLICY                            ((HRESULT)0x00200055)

/* errors of the queue and of transfers; those named BG_E_ERROR_CONTEXT_... are text ids of error contexts */

#define BG_E_NOT_FOUND                                       ((HRESULT)0x80200001)
#define BG_E_INVALID_STATE                                   ((HRESULT)0x80200002)
#define BG_E_EMPTY                                           ((HRESULT)0x80200003)
#define BG_E_FILE_NOT_AVAILABLE                              ((HRESULT)0x80200004)
#define BG_E_PROTOCOL_NOT_AVAILABLE                          ((HRESULT)0x80200005)
#define BG_E_ERROR_CONTEXT_UNKNOWN                           ((HRESULT)0x80200007)
#define BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER             ((HRESULT)0x80200008)
#define BG_E_ERROR_CONTEXT_LOCAL_FILE                        ((HRESULT)0x80200009)
#define BG_E_ERROR_CONTEXT_REMOTE_FILE                       ((HRESULT)0x8020000A)
#define BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT                 ((HRESULT)0x8020000B)
#define BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION        ((HRESULT)0x8020000C)
#define BG_E_DESTINATION_LOCKED                              ((HRESULT)0x8020000D)
#define BG_E_VOLUME_CHANGED                                  ((HRESULT)0x8020000E)
#define BG_E_ERROR_INFORMATION_UNAVAILABLE                   ((HRESULT)0x8020000F)
#define BG_E_NETWORK_DISCONNECTED                            ((HRESULT)0x80200010)
#define BG_E_MISSING_FILE_SIZE                               ((HRESULT)0x80200011)
#define BG_E_INSUFFICIENT_HTTP_SUPPORT                       ((HRESULT)0x80200012)
#define BG_E_INSUFFICIENT_RANGE_SUPPORT                      ((HRESULT)0x80200013)
#define BG_E_REMOTE_NOT_SUPPORTED                            ((HRESULT)0x80200014)
#define BG_E_NEW_OWNER_DIFF_MAPPING                          ((HRESULT)0x80200015)
#define BG_E_NEW_OWNER_NO_FILE_ACCESS                        ((HRESULT)0x80200016)
#define BG_E_PROXY_LIST_TOO_LARGE                            ((HRESULT)0x80200018)
#define BG_E_PROXY_BYPASS_LIST_TOO_LARGE                     ((HRESULT)0x80200019)
#define BG_E_INVALID_SERVER_RESPONSE                         ((HRESULT)0x8020001B)
#define BG_E_TOO_MANY_FILES                                  ((HRESULT)0x8020001C)
#define BG_E_LOCAL_FILE_CHANGED                              ((HRESULT)0x8020001D)
#define BG_E_ERROR_CONTEXT_REMOTE_APPLICATION                ((HRESULT)0x8020001E)
#define BG_E_SESSION_NOT_FOUND                               ((HRESULT)0x8020001F)
#define BG_E_TOO_LARGE                                       ((HRESULT)0x80200020)
#define BG_E_STRING_TOO_LONG                                 ((HRESULT)0x80200021)
#define BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH                 ((HRESULT)0x80200022)
#define BG_E_SERVER_EXECUTE_ENABLE                           ((HRESULT)0x80200023)
#define BG_E_NO_PROGRESS                                     ((HRESULT)0x80200024)
#define BG_E_USERNAME_TOO_LARGE                              ((HRESULT)0x80200025)
#define BG_E_PASSWORD_TOO_LARGE                              ((HRESULT)0x80200026)
#define BG_E_INVALID_AUTH_TARGET                             ((HRESULT)0x80200027)
#define BG_E_INVALID_AUTH_SCHEME                             ((HRESULT)0x80200028)
#define BG_E_FILE_NOT_FOUND                                  ((HRESULT)0x80200029)
#define BG_E_INVALID_RANGE                                   ((HRESULT)0x8020002B)
#define BG_E_OVERLAPPING_RANGES                              ((HRESULT)0x8020002C)
#define BG_E_CONNECT_FAILURE                                 ((HRESULT)0x8020002D)
#define BG_E_CONNECTION_CLOSED                               ((HRESULT)0x8020002E)
#define BG_E_BLOCKED_BY_POLICY                               ((HRESULT)0x8020003E)
#define BG_E_INVALID_PROXY_INFO                              ((HRESULT)0x8020003F)
#define BG_E_INVALID_CREDENTIALS                             ((HRESULT)0x80200040)
#define BG_E_INVALID_HASH_ALGORITHM                          ((HRESULT)0x80200041)
#define BG_E_RECORD_DELETED                                  ((HRESULT)0x80200042)
#define BG_E_COMMIT_IN_PROGRESS                              ((HRESULT)0x80200043)
#define BG_E_DISCOVERY_IN_PROGRESS                           ((HRESULT)0x80200044)
#define BG_E_UPNP_ERROR                                      ((HRESULT)0x80200045)
#define BG_E_TEST_OPTION_BLOCKED_DOWNLOAD                    ((HRESULT)0x80200046)
#define BG_E_PEERCACHING_DISABLED                            ((HRESULT)0x80200047)
#define BG_E_BUSYCACHERECORD                                 ((HRESULT)0x80200048)
#define BG_E_TOO_MANY_JOBS_PER_USER                          ((HRESULT)0x80200049)
#define BG_E_TOO_MANY_JOBS_PER_MACHINE                       ((HRESULT)0x80200050)
#define BG_E_TOO_MANY_FILES_IN_JOB                           ((HRESULT)0x80200051)
#define BG_E_TOO_MANY_RANGES_IN_FILE                         ((HRESULT)0x80200052)
#define BG_E_VALIDATION_FAILED                               ((HRESULT)0x80200053)
#define BG_E_MAXDOWNLOAD_TIMEOUT                             ((HRESULT)0x80200054)
#define BG_E_TOKEN_REQUIRED                                  ((HRESULT)0x80200056)
#define BG_E_UNKNOWN_PROPERTY_ID                             ((HRESULT)0x80200057)
#define BG_E_READ_ONLY_PROPERTY                              ((HRESULT)0x80200058)
#define BG_E_BLOCKED_BY_COST_TRANSFER_POLICY                 ((HRESULT)0x80200059)
#define BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY       ((HRESULT)0x80200060)
#define BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE                ((HRESULT)0x80200061)
#define BG_E_READ_ONLY_PROPERTY_AFTER_RESUME                 ((HRESULT)0x80200062)
#define BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE                 ((HRESULT)0x80200063)
#define BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED                 ((HRESULT)0x80200064)
#define BG_E_STANDBY_MODE                                    ((HRESULT)0x80200065)
#define BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED            ((HRESULT)0x80200066)
#define BG_E_BLOCKED_BY_BATTERY_POLICY                       ((HRESULT)0x80200067)
#define BG_E_BLOCKED_BY_BATTERY_SAVER                        ((HRESULT)0x80200068)
#define BG_E_WATCHDOG_TIMEOUT                                ((HRESULT)0x80200069)
#define BG_E_APP_PACKAGE_NOT_FOUND                           ((HRESULT)0x8020006A)
#define BG_E_APP_PACKAGE_SCENARIO_NOT_SUPPORTED              ((HRESULT)0x8020006B)
#define BG_E_DATABASE_CORRUPT                                ((HRESULT)0x8020006C)
#define BG_E_RANDOM_ACCESS_NOT_SUPPORTED                     ((HRESULT)0x8020006D)
#define BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY             ((HRESULT)0x8020006E)
#define BG_E_BLOCKED_BY_GAME_MODE                            ((HRESULT)0x8020006F)
#define BG_E_BLOCKED_BY_SYSTEM_POLICY                        ((HRESULT)0x80200070)
#define BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD           ((HRESULT)0x80200071)
#define BG_E_UNSUPPORTED_JOB_CONFIGURATION                   ((HRESULT)0x80200072)
#define BG_E_REMOTE_FILE_CHANGED                             ((HRESULT)0x80200073)
#define BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED       ((HRESULT)0x80200074)
#define BG_E_READ_ONLY_WHEN_JOB_ACTIVE                       ((HRESULT)0x80200075)
#define BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK       ((HRESULT)0x80200076)

/* another spelling of the same code */

#define BG_E_SERVER_EXECUTE_ENABLED                          BG_E_SERVER_EXECUTE_ENABLE

/* reserved: in old headers only */

#define BG_E_KEEP_ALIVE_FAILURE                              ((HRESULT)0x8020002F)
#define BG_E_MESSAGE_LENGTH_LIMIT_EXCEEDED                   ((HRESULT)0x80200030)
#define BG_E_NAME_RESOLUTION_FAILURE                         ((HRESULT)0x80200031)
#define BG_E_PENDING                                         ((HRESULT)0x80200032)
#define BG_E_PIPELINE_FAILURE                                ((HRESULT)0x80200033)
#define BG_E_PROTOCOL_ERROR                                  ((HRESULT)0x80200034)
#define BG_E_PROXY_NAME_RESOLUTION_FAILURE                   ((HRESULT)0x80200035)
#define BG_E_RECEIVE_FAILURE                                 ((HRESULT)0x80200036)
#define BG_E_REQUEST_CANCELED                                ((HRESULT)0x80200037)
#define BG_E_SECURE_CHANNEL_FAILURE                          ((HRESULT)0x80200038)
#define BG_E_SEND_FAILURE                                    ((HRESULT)0x80200039)
#define BG_E_SERVER_PROTOCOL_VIOLATION                       ((HRESULT)0x8020003A)
#define BG_E_TIMEOUT                                         ((HRESULT)0x8020003B)
#define BG_E_TRUST_FAILURE                                   ((HRESULT)0x8020003C)
#define BG_E_UNKNOWN_ERROR                                   ((HRESULT)0x8020003D)

/* HTTP status: 0x80190000 + status */

#define BG_E_HTTP_ERROR_100                                  ((HRESULT)0x80190064)
#define BG_E_HTTP_ERROR_101                                  ((HRESULT)0x80190065)
#define BG_E_HTTP_ERROR_200                                  ((HRESULT)0x801900C8)
#define BG_E_HTTP_ERROR_201                                  ((HRESULT)0x801900C9)
#define BG_E_HTTP_ERROR_202                                  ((HRESULT)0x801900CA)
#define BG_E_HTTP_ERROR_203                                  ((HRESULT)0x801900CB)
#define BG_E_HTTP_ERROR_204                                  ((HRESULT)0x801900CC)
#define BG_E_HTTP_ERROR_205                                  ((HRESULT)0x801900CD)
#define BG_E_HTTP_ERROR_206                                  ((HRESULT)0x801900CE)
#define BG_E_HTTP_ERROR_300                                  ((HRESULT)0x8019012C)
#define BG_E_HTTP_ERROR_301                                  ((HRESULT)0x8019012D)
#define BG_E_HTTP_ERROR_302                                  ((HRESULT)0x8019012E)
#define BG_E_HTTP_ERROR_303                                  ((HRESULT)0x8019012F)
#define BG_E_HTTP_ERROR_304                                  ((HRESULT)0x80190130)
#define BG_E_HTTP_ERROR_305                                  ((HRESULT)0x80190131)
#define BG_E_HTTP_ERROR_307                                  ((HRESULT)0x80190133)
#define BG_E_HTTP_ERROR_400                                  ((HRESULT)0x80190190)
#define BG_E_HTTP_ERROR_401                                  ((HRESULT)0x80190191)
#define BG_E_HTTP_ERROR_402                                  ((HRESULT)0x80190192)
#define BG_E_HTTP_ERROR_403                                  ((HRESULT)0x80190193)
#define BG_E_HTTP_ERROR_404                                  ((HRESULT)0x80190194)
#define BG_E_HTTP_ERROR_405                                  ((HRESULT)0x80190195)
#define BG_E_HTTP_ERROR_406                                  ((HRESULT)0x80190196)
#define BG_E_HTTP_ERROR_407                                  ((HRESULT)0x80190197)
#define BG_E_HTTP_ERROR_408                                  ((HRESULT)0x80190198)
#define BG_E_HTTP_ERROR_409                                  ((HRESULT)0x80190199)
#define BG_E_HTTP_ERROR_410                                  ((HRESULT)0x8019019A)
#define BG_E_HTTP_ERROR_411                                  ((HRESULT)0x8019019B)
#define BG_E_HTTP_ERROR_412                                  ((HRESULT)0x8019019C)
#define BG_E_HTTP_ERROR_413                                  ((HRESULT)0x8019019D)
#define BG_E_HTTP_ERROR_414                                  ((HRESULT)0x8019019E)
#define BG_E_HTTP_ERROR_415                                  ((HRESULT)0x8019019F)
#define BG_E_HTTP_ERROR_416                                  ((HRESULT)0x801901A0)
#define BG_E_HTTP_ERROR_417                                  ((HRESULT)0x801901A1)
#define BG_E_HTTP_ERROR_449                                  ((HRESULT)0x801901C1)
#define BG_E_HTTP_ERROR_500                                  ((HRESULT)0x801901F4)
#define BG_E_HTTP_ERROR_501                                  ((HRESULT)0x801901F5)
#define BG_E_HTTP_ERROR_502                                  ((HRESULT)0x801901F6)
#define BG_E_HTTP_ERROR_503                                  ((HRESULT)0x801901F7)
#define BG_E_HTTP_ERROR_504                                  ((HRESULT)0x801901F8)
#define BG_E_HTTP_ERROR_505                                  ((HRESULT)0x801901F9)

/* event log */

#define BITS_MC_JOB_CANCELLED                                ((HRESULT)0x80194000)
#define BITS_MC_FILE_DELETION_FAILED                         ((HRESULT)0x80194001)
#define BITS_MC_FILE_DELETION_FAILED_MORE                    ((HRESULT)0x80194002)
#define BITS_MC_JOB_PROPERTY_CHANGE                          ((HRESULT)0x80194003)
#define BITS_MC_JOB_TAKE_OWNERSHIP                           ((HRESULT)0x80194004)
#define BITS_MC_JOB_SCAVENGED                                ((HRESULT)0x80194005)
#define BITS_MC_JOB_NOTIFICATION_FAILURE                     ((HRESULT)0x80194006)
#define BITS_MC_STATE_FILE_CORRUPT                           ((HRESULT)0x80194007)
#define BITS_MC_FAILED_TO_START                              ((HRESULT)0x80194008)
#define BITS_MC_FATAL_IGD_ERROR                              ((HRESULT)0x80194009)
#define BITS_MC_PEERCACHING_PORT                             ((HRESULT)0x8019400A)
#define BITS_MC_WSD_PORT                                     ((HRESULT)0x8019400B)

#endif /* __WINEBITS_BITSMSG_H */
