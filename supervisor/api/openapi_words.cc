#include "supervisor/api/openapi_words.h"

#include <array>

namespace podrun::api {

std::string_view words_of(std::string_view type, std::string_view field) {
  const std::array all = {pod_words(), container_words(), volume_words(), status_words(),
                          object_words()};
  std::string_view of_any;
  for (const std::span<const FieldWords> words : all) {
    for (const FieldWords& each : words) {
      if (each.field != field) continue;
      if (each.type == type) return each.text;
      if (each.type.empty() && !field.empty()) of_any = each.text;
    }
  }
  return of_any;
}

}  // namespace podrun::api
