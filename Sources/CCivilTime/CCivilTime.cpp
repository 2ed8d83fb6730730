#include "CCivilTime.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <chrono>
#include <string>

struct civil_zone {
  cctz::time_zone zone;
};

namespace {
using seconds_point = cctz::time_point<cctz::seconds>;
int64_t count(const seconds_point &p) { return p.time_since_epoch().count(); }
}  // namespace

extern "C" const civil_zone *civil_zone_load(const char *name, size_t length) {
  std::string text(name, length);
  // cctz reads files by absolute path and environment by "localtime"; neither is a zone's name.
  if (text.empty() || text[0] == '/' || text[0] == ':' || text == "localtime" || text.find("..") != std::string::npos)
    return nullptr;
  cctz::time_zone zone;
  if (!cctz::load_time_zone(text, &zone)) return nullptr;
  return new civil_zone{zone};
}

extern "C" civil_time civil_of(const civil_zone *zone, int64_t seconds) {
  const auto found = zone->zone.lookup(seconds_point(cctz::seconds(seconds)));
  const auto day = cctz::get_weekday(cctz::civil_day(found.cs));
  return civil_time{found.cs.year(), found.cs.month(),  found.cs.day(),       found.cs.hour(),
                    found.cs.minute(), found.cs.second(), static_cast<int32_t>(day)};
}

extern "C" civil_lookup civil_find(const civil_zone *zone, int64_t year, int month, int day, int hour, int minute,
                                   int second) {
  const auto found = zone->zone.lookup(cctz::civil_second(year, month, day, hour, minute, second));
  const civil_kind kind = found.kind == cctz::time_zone::civil_lookup::UNIQUE    ? CIVIL_UNIQUE
                          : found.kind == cctz::time_zone::civil_lookup::SKIPPED ? CIVIL_SKIPPED
                                                                                 : CIVIL_REPEATED;
  return civil_lookup{kind, count(found.pre), count(found.trans), count(found.post)};
}

extern "C" bool civil_date_exists(int64_t year, int month, int day) {
  const cctz::civil_day date(year, month, day);
  return date.year() == year && date.month() == month && date.day() == day;
}
