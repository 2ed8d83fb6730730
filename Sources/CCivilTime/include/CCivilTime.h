// Civil time over the system's tzdata: a C face on cctz.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// A loaded time zone; it lives as long as the process.
typedef struct civil_zone civil_zone;

typedef struct {
  int64_t year;
  int32_t month, day, hour, minute, second;
  int32_t weekday;  // 0 is Monday
} civil_time;

typedef enum { CIVIL_UNIQUE = 0, CIVIL_SKIPPED = 1, CIVIL_REPEATED = 2 } civil_kind;

/// What a local time names. UNIQUE: all three are equal. SKIPPED: `transition` is the first moment that
/// exists after it. REPEATED: `before` is the first and `after` the second occurrence.
typedef struct {
  civil_kind kind;
  int64_t before, transition, after;  // seconds since 1970
} civil_lookup;

/// NULL where the system knows no zone of that name.
const civil_zone *civil_zone_load(const char *name, size_t length);
civil_time civil_of(const civil_zone *zone, int64_t seconds);
/// Fields out of range are carried on (day 32 is the next month's first).
civil_lookup civil_find(const civil_zone *zone, int64_t year, int month, int day, int hour, int minute, int second);
/// Day number of a civil date, days since 1970-01-01; false where the date does not exist.
bool civil_date_exists(int64_t year, int month, int day);

#ifdef __cplusplus
}
#endif
