// JSON on bytes: a C face on simdjson.
#pragma once
