#pragma once
// Inlined, so that a short hash costs no call.
#define XXH_INLINE_ALL
#include <xxhash.h>

// The library renames its functions by macros, which Swift does not see.
static inline uint64_t xxhash_64(const void *bytes, size_t count) { return XXH64(bytes, count, 0); }
