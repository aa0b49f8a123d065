// What types and fields are for, in a sentence each: the descriptions in OpenAPI, which `kubectl
// explain` shows.
#pragma once

#include <span>
#include <string_view>

namespace podrun::api {

struct FieldWords {
  std::string_view type;   // "Container"; empty: of every type that has no own words for the field
  std::string_view field;  // empty: the type itself
  std::string_view text;
};

/// Of a type of this name, or of its field; empty where there are none.
std::string_view words_of(std::string_view type, std::string_view field = {});

// By topic, one file each.
std::span<const FieldWords> pod_words();
std::span<const FieldWords> container_words();
std::span<const FieldWords> volume_words();
std::span<const FieldWords> status_words();
std::span<const FieldWords> object_words();

}  // namespace podrun::api
