// Server-side apply of anything to anything: three lines of JSON are the object, what is applied
// and what is applied after that.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "supervisor/api/field_manager.h"

namespace podrun::api {
namespace {

Json next_object(std::string_view& text) {
  const std::size_t end = text.find('\n');
  Json object = Json::object();
  const nlohmann::json parsed = nlohmann::json::parse(text.substr(0, end), nullptr, false);
  if (parsed.is_object()) object = parsed;
  if (!object.contains("metadata") || !object["metadata"].is_object()) {
    object["metadata"] = Json::object();
  }
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return object;
}

/// Applying the same twice must be the same as once.
void apply_twice(const Json& live, const Json& config, const FieldWriter& writer) {
  Json once, twice;
  try {
    check_config(config, writer, {});
    once = apply_config(&live, config, writer, true);
    twice = apply_config(&once, config, writer, false);
  } catch (const ApiError&) {
    return;
  }
  track_write(&live, once, writer);
  release_changes(live, twice, writer.kind);
}

}  // namespace
}  // namespace podrun::api

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podrun::api;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const Json live = next_object(text), first = next_object(text), second = next_object(text);
  FieldWriter writer;
  writer.manager = "kubectl";
  writer.api_version = "v1";
  writer.now = "2026-11-23T10:00:00Z";
  writer.has_status_part = true;
  for (const char* kind : {"Pod", "Deployment", "ConfigMap"}) {
    writer.kind = kind;
    apply_twice(live, first, writer);
    apply_twice(first, second, writer);
  }
  return 0;
}
