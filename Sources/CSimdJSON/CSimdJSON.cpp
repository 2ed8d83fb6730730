#include "CSimdJSON.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using implementation_ptr = std::unique_ptr<simdjson::internal::dom_parser_implementation>;

namespace {
constexpr uint32_t none = UINT32_MAX;
constexpr size_t few_keys = 48;  // up to here keys are compared pairwise, above they are sorted

inline bool is_blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
inline bool is_digit(uint8_t c) { return static_cast<uint8_t>(c - '0') < 10; }
}  // namespace

struct json_parser {
  size_t bytes_max, depth_max;
  implementation_ptr stages;
  std::unique_ptr<json_node[]> nodes;
  size_t nodes_capacity = 0;
  std::unique_ptr<uint8_t[]> unescaped;
  size_t unescaped_capacity = 0, unescaped_count = 0;
  std::vector<uint32_t> order;  // of an object with many keys

  const uint8_t *bytes = nullptr;
  size_t length = 0;
  uint32_t count = 0;
  uint32_t fault = 0;
  bool has_escapes = false;
  bool too_deep = false;
  uint32_t duplicate = none;

  json_status parse(const uint8_t *from, size_t size);

 private:
  json_status first_stage();
  bool second_stage();
  bool string(uint32_t at, uint32_t end, uint32_t &start, uint32_t &size, uint8_t &is_unescaped);
  bool unescape(uint32_t at, uint32_t end, uint32_t &start, uint32_t &size);
  bool scalar(json_node &node, uint32_t at, uint32_t end);
  void find_duplicate(uint32_t object);
  const uint8_t *key(const json_node &node) const {
    return (node.key_unescaped ? unescaped.get() : bytes) + node.key_start;
  }
  bool same_key(const json_node &a, const json_node &b) const {
    return a.key_length == b.key_length && std::memcmp(key(a), key(b), a.key_length) == 0;
  }
};

namespace {

/// Whether the whole text is a number in JSON's grammar, and whether it is a whole one by its form.
bool number_form(const uint8_t *p, const uint8_t *end, bool &whole, bool &has_exponent) {
  whole = true;
  has_exponent = false;
  if (p < end && *p == '-') p++;
  if (p == end || !is_digit(*p)) return false;
  if (*p == '0') {
    p++;
  } else {
    while (p < end && is_digit(*p)) p++;
  }
  if (p < end && *p == '.') {
    whole = false;
    p++;
    if (p == end || !is_digit(*p)) return false;
    while (p < end && is_digit(*p)) p++;
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    whole = false;
    has_exponent = true;
    p++;
    if (p < end && (*p == '+' || *p == '-')) p++;
    if (p == end || !is_digit(*p)) return false;
    while (p < end && is_digit(*p)) p++;
  }
  return p == end;
}

/// The value of what is known to be a number; infinite beyond a double's range.
double number_value(const uint8_t *text, size_t length) {
  const auto *first = reinterpret_cast<const char *>(text);
  if (length <= 15) {  // few digits: exact without a library
    int64_t whole = 0;
    int decimals = -1;
    size_t i = *text == '-' ? 1 : 0;
    for (; i < length; i++) {
      if (is_digit(text[i])) {
        whole = whole * 10 + (text[i] - '0');
        if (decimals >= 0) decimals++;
      } else if (text[i] == '.') {
        decimals = 0;
      } else {
        break;
      }
    }
    static constexpr double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (i == length) {
      const double value = static_cast<double>(whole) / powers[decimals > 0 ? decimals : 0];
      return *text == '-' ? -value : value;
    }
  }
  double value = 0;
  const auto result = std::from_chars(first, first + length, value);
  if (result.ec == std::errc()) return value;
  return std::strtod(std::string(first, length).c_str(), nullptr);  // too large, or too small
}

/// Four hex digits, or a value above 0xFFFF.
uint32_t hex4(const uint8_t *p) {
  uint32_t value = 0;
  for (int i = 0; i < 4; i++) {
    const uint8_t c = p[i];
    uint32_t digit;
    if (is_digit(c)) {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else {
      return none;
    }
    value = value << 4 | digit;
  }
  return value;
}

uint8_t *put_scalar(uint8_t *out, uint32_t c) {
  if (c < 0x80) {
    *out++ = static_cast<uint8_t>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<uint8_t>(0xC0 | c >> 6);
    *out++ = static_cast<uint8_t>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    *out++ = static_cast<uint8_t>(0xE0 | c >> 12);
    *out++ = static_cast<uint8_t>(0x80 | (c >> 6 & 63));
    *out++ = static_cast<uint8_t>(0x80 | (c & 63));
  } else {
    *out++ = static_cast<uint8_t>(0xF0 | c >> 18);
    *out++ = static_cast<uint8_t>(0x80 | (c >> 12 & 63));
    *out++ = static_cast<uint8_t>(0x80 | (c >> 6 & 63));
    *out++ = static_cast<uint8_t>(0x80 | (c & 63));
  }
  return out;
}

/// A letter's stand-in behind a backslash, or 0.
uint8_t escaped(uint8_t c) {
  switch (c) {
    case '"': case '\\': case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
  }
}

/// A quick mark of a key, below 256, for telling most keys apart.
inline uint32_t mark(const uint8_t *key, uint32_t length) {
  if (length == 0) return 0;
  return (length + key[0] * 5u + key[length / 2] * 17u + key[length - 1] * 67u) & 255;
}

}  // namespace

json_status json_parser::parse(const uint8_t *from, size_t size) {
  const size_t sent = size;
  if (size >= 3 && from[0] == 0xEF && from[1] == 0xBB && from[2] == 0xBF) {
    from += 3;
    size -= 3;
  }
  bytes = from;
  length = size;
  count = 0;
  fault = 0;
  unescaped_count = 0;
  too_deep = false;
  duplicate = none;
  size_t first = 0;
  while (first < length && is_blank(bytes[first])) first++;
  if (first == length) return JSON_EMPTY;
  if (sent > bytes_max) return JSON_TOO_LARGE;
  const json_status status = first_stage();
  if (status != JSON_OK) return status;
  if (!second_stage()) return JSON_INVALID;
  if (too_deep) return JSON_TOO_DEEP;
  if (duplicate != none) {
    fault = duplicate;
    return JSON_DUPLICATE_KEY;
  }
  return JSON_OK;
}

json_status json_parser::first_stage() {
  if (!stages || stages->capacity() < length) {
    size_t capacity = stages ? stages->capacity() : size_t(4096);
    while (capacity < length) capacity *= 2;
    capacity = std::min(capacity, std::max(bytes_max, length));
    const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, depth_max, stages);
    if (error) throw std::bad_alloc();
  }
  if (stages->stage1(bytes, length, simdjson::stage1_mode::regular)) {
    fault = none;  // it does not tell where
    return json_is_utf8(bytes, length) ? JSON_INVALID : JSON_NOT_UTF8;
  }
  if (nodes_capacity < stages->n_structural_indexes) {
    nodes_capacity = std::max<size_t>(size_t(stages->n_structural_indexes) * 2, 256);
    nodes.reset(new json_node[nodes_capacity]);
  }
  has_escapes = std::memchr(bytes, '\\', length) != nullptr;
  if (has_escapes && unescaped_capacity < length) {
    unescaped_capacity = std::max<size_t>(length * 2, 4096);
    unescaped.reset(new uint8_t[unescaped_capacity]);
  }
  return JSON_OK;
}

bool json_parser::second_stage() {
  const uint32_t *marks = stages->structural_indexes.get();
  const uint32_t marks_count = stages->n_structural_indexes;
  uint32_t at_mark = 0;
  uint32_t open = none;  // the innermost container that is not closed; its `next` is the one around it
  uint32_t depth = 0;
  uint32_t key_start = 0, key_length = 0;
  uint8_t key_unescaped = 0;
  // A token ends where the next begins; stage one sets one mark behind the last, at the end.
  const auto end_of = [&](uint32_t mark_index) {
    uint32_t end = mark_index + 1 < marks_count ? marks[mark_index + 1] : static_cast<uint32_t>(length);
    while (is_blank(bytes[end - 1])) end--;
    return end;
  };

value: {
  if (at_mark == marks_count) goto broken_off;
  const uint32_t at = marks[at_mark];
  const uint32_t index = count++;
  json_node &node = nodes[index];
  node.key_start = key_start;
  node.key_length = key_length;
  node.key_unescaped = key_unescaped;
  node.value_unescaped = 0;
  node.source = at;
  if (open != none) nodes[open].length++;
  const uint8_t c = bytes[at];
  if (c == '{' || c == '[') {
    if (++depth > depth_max) too_deep = true;
    node.kind = c == '{' ? JSON_OBJECT : JSON_LIST;
    node.length = 0;
    node.start = at;
    node.next = open;
    open = index;
    at_mark++;
    if (at_mark == marks_count) goto broken_off;
    if (bytes[marks[at_mark]] == (c == '{' ? '}' : ']')) goto close;
    key_start = key_length = 0;
    key_unescaped = 0;
    if (c == '{') goto key;
    goto value;
  }
  node.next = count;
  const uint32_t end = end_of(at_mark);
  node.source_length = end - at;
  at_mark++;
  if (c == '"') {
    node.kind = JSON_STRING;
    if (!string(at, end, node.start, node.length, node.value_unescaped)) goto broken;
  } else {
    node.start = at;
    node.length = end - at;
    if (!scalar(node, at, end)) {
      fault = at;
      goto broken;
    }
  }
  goto after;
}
key: {
  if (at_mark == marks_count) goto broken_off;
  const uint32_t at = marks[at_mark];
  if (bytes[at] != '"') {
    fault = at;
    goto broken;
  }
  if (!string(at, end_of(at_mark), key_start, key_length, key_unescaped)) goto broken;
  at_mark++;
  if (at_mark == marks_count) goto broken_off;
  if (bytes[marks[at_mark]] != ':') {
    fault = marks[at_mark];
    goto broken;
  }
  at_mark++;
  goto value;
}
after: {
  if (open == none) {
    if (at_mark == marks_count) return true;
    fault = marks[at_mark];
    goto broken;
  }
  if (at_mark == marks_count) goto broken_off;
  const uint8_t c = bytes[marks[at_mark]];
  const bool in_object = nodes[open].kind == JSON_OBJECT;
  if (c == ',') {
    at_mark++;
    key_start = key_length = 0;
    key_unescaped = 0;
    if (in_object) goto key;
    goto value;
  }
  if (c != (in_object ? '}' : ']')) {
    fault = marks[at_mark];
    goto broken;
  }
}
close: {
  json_node &node = nodes[open];
  const uint32_t around = node.next;
  node.next = count;
  node.source_length = marks[at_mark] + 1 - node.source;
  if (node.kind == JSON_OBJECT && node.length > 1 && duplicate == none) find_duplicate(open);
  open = around;
  depth--;
  at_mark++;
  goto after;
}
broken_off:
  fault = static_cast<uint32_t>(length);
broken:
  return false;
}

bool json_parser::string(uint32_t at, uint32_t end, uint32_t &start, uint32_t &size, uint8_t &is_unescaped) {
  if (end < at + 2 || bytes[end - 1] != '"') {
    fault = at;
    return false;
  }
  start = at + 1;
  size = end - at - 2;
  is_unescaped = 0;
  if (!has_escapes || std::memchr(bytes + start, '\\', size) == nullptr) return true;
  is_unescaped = 1;
  return unescape(at + 1, end - 1, start, size);
}

bool json_parser::unescape(uint32_t at, uint32_t end, uint32_t &start, uint32_t &size) {
  uint8_t *const begin = unescaped.get() + unescaped_count;
  uint8_t *out = begin;
  while (at < end) {
    const uint8_t c = bytes[at];
    if (c != '\\') {
      *out++ = c;
      at++;
      continue;
    }
    fault = at;
    if (at + 1 >= end) return false;
    if (bytes[at + 1] != 'u') {
      const uint8_t stands = escaped(bytes[at + 1]);
      if (stands == 0) return false;
      *out++ = stands;
      at += 2;
      continue;
    }
    if (at + 6 > end) return false;
    uint32_t unit = hex4(bytes + at + 2);
    if (unit > 0xFFFF || (unit >= 0xDC00 && unit < 0xE000)) return false;
    at += 6;
    if (unit >= 0xD800 && unit < 0xDC00) {
      if (at + 6 > end || bytes[at] != '\\' || bytes[at + 1] != 'u') return false;
      const uint32_t low = hex4(bytes + at + 2);
      if (low < 0xDC00 || low > 0xDFFF) return false;
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
      at += 6;
    }
    out = put_scalar(out, unit);
  }
  start = static_cast<uint32_t>(unescaped_count);
  size = static_cast<uint32_t>(out - begin);
  unescaped_count += size;
  return true;
}

bool json_parser::scalar(json_node &node, uint32_t at, uint32_t end) {
  const uint8_t *p = bytes + at;
  const uint32_t size = end - at;
  switch (*p) {
    case 't': node.kind = JSON_TRUE; return size == 4 && std::memcmp(p, "true", 4) == 0;
    case 'f': node.kind = JSON_FALSE; return size == 5 && std::memcmp(p, "false", 5) == 0;
    case 'n': node.kind = JSON_NULL; return size == 4 && std::memcmp(p, "null", 4) == 0;
    default: break;
  }
  bool whole, has_exponent;
  if (!number_form(p, p + size, whole, has_exponent)) return false;
  node.kind = whole ? JSON_INTEGER : JSON_REAL;
  return !(has_exponent || size > 300) || std::isfinite(number_value(p, size));
}

void json_parser::find_duplicate(uint32_t object) {
  const uint32_t end = count;
  if (nodes[object].length <= few_keys) {
    uint64_t seen[4] = {0, 0, 0, 0};
    for (uint32_t i = object + 1; i < end; i = nodes[i].next) {
      const uint32_t m = mark(key(nodes[i]), nodes[i].key_length);
      const uint64_t bit = uint64_t(1) << (m & 63);
      if (seen[m >> 6 & 3] & bit) {
        for (uint32_t j = object + 1; j < i; j = nodes[j].next) {
          if (same_key(nodes[i], nodes[j])) duplicate = i;
        }
      }
      seen[m >> 6 & 3] |= bit;
    }
    return;
  }
  order.clear();
  for (uint32_t i = object + 1; i < end; i = nodes[i].next) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const json_node &left = nodes[a], &right = nodes[b];
    if (left.key_length != right.key_length) return left.key_length < right.key_length;
    return std::memcmp(key(left), key(right), left.key_length) < 0;
  });
  for (size_t i = 1; i < order.size(); i++) {
    if (same_key(nodes[order[i - 1]], nodes[order[i]])) duplicate = order[i];
  }
}

extern "C" json_parser *json_parser_new(size_t bytes_max, size_t depth_max) {
  auto *parser = new json_parser();
  parser->bytes_max = bytes_max;
  parser->depth_max = depth_max;
  return parser;
}

extern "C" void json_parser_free(json_parser *parser) { delete parser; }

extern "C" json_status json_parse(json_parser *parser, const uint8_t *bytes, size_t length, json_view *out) {
  const json_status status = parser->parse(bytes, length);
  out->source = parser->bytes;
  out->unescaped = parser->unescaped.get();
  out->nodes = parser->nodes.get();
  out->count = parser->count;
  out->fault = parser->fault;
  return status;
}

extern "C" bool json_number(const uint8_t *text, size_t length, double *value) {
  bool whole, has_exponent;
  if (length == 0 || !number_form(text, text + length, whole, has_exponent)) return false;
  *value = number_value(text, length);
  return std::isfinite(*value);
}

extern "C" bool json_is_utf8(const uint8_t *bytes, size_t length) {
  return simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), length);
}

extern "C" bool json_reference(const uint8_t *bytes, size_t length) {
  simdjson::dom::parser parser;
  return parser.parse(simdjson::padded_string(reinterpret_cast<const char *>(bytes), length)).error() == simdjson::SUCCESS;
}
