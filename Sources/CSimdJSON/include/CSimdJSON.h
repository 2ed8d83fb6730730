// JSON on bytes: a C face on simdjson, whose first stage finds the structure and checks the UTF-8, and a
// second stage of our own that checks everything else and keeps where each value stood.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  JSON_OK = 0,
  JSON_EMPTY,
  JSON_TOO_LARGE,
  JSON_NOT_UTF8,
  JSON_INVALID,
  JSON_TOO_DEEP,
  JSON_DUPLICATE_KEY,
} json_status;

typedef enum {
  JSON_NULL = 0,
  JSON_FALSE,
  JSON_TRUE,
  JSON_INTEGER,  // a number without point and exponent, of any length
  JSON_REAL,
  JSON_STRING,
  JSON_LIST,
  JSON_OBJECT,
} json_kind;

/// A value. Its children follow it; what follows all of them is at `next`.
typedef struct {
  uint32_t start, length;  // a string without its quotes, unescaped; of a container the length is its members
  uint32_t key_start, key_length;
  uint32_t source, source_length;  // the value as sent
  uint32_t next;
  uint8_t kind;
  uint8_t value_unescaped, key_unescaped;  // whether `start`, `key_start` are places in `unescaped`
  uint8_t padding;
} json_node;

/// Valid until the parser's next call, and as long as the bytes parsed.
typedef struct {
  const uint8_t *source;
  const uint8_t *unescaped;
  const json_node *nodes;
  uint32_t count;
  uint32_t fault;  // the byte at which it is invalid, UINT32_MAX where that is not known, or the node whose key is there twice
} json_view;

typedef struct json_parser json_parser;

json_parser *json_parser_new(size_t bytes_max, size_t depth_max);
void json_parser_free(json_parser *parser);

/// Checks the whole text and lists its values. A byte order mark is skipped; the bytes need no padding.
json_status json_parse(json_parser *parser, const uint8_t *bytes, size_t length, json_view *out);

/// Whether the text is a JSON number within a double's range, and its value.
bool json_number(const uint8_t *text, size_t length, double *value);

/// Whether simdjson's own second stage takes the text too: what ours is proved against.
bool json_reference(const uint8_t *bytes, size_t length);

bool json_is_utf8(const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif
