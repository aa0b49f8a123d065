// Any text as a manifest: it is refused with errors, or it gives pods that go through JSON
// unchanged and load again without an error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "supervisor/manifest/json.h"
#include "supervisor/manifest/load.h"
#include "supervisor/manifest/resources.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podrun::manifest;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Loaded loaded = load_text(text, "fuzz", LoadOptions{size % 2 == 0, "default"});
  for (const Remark& remark : loaded.errors) {
    if (remark.line <= 0 || remark.text.empty()) std::abort();
  }
  if (!loaded.errors.empty()) return 0;
  for (const Pod& pod : loaded.pods) {
    const nlohmann::ordered_json json = to_json(pod);
    if (to_json(pod_from_json(json)) != json) std::abort();
    const Loaded again = load_text(json.dump(), "again", {});
    if (!again.errors.empty() || again.pods.size() != 1) std::abort();
    if (to_json(again.pods[0]) != json) std::abort();
    qos_class(pod.spec);
    pod_figures(pod.spec);
    for (const Container& container : pod.spec.containers) {
      oom_score_adj(pod.spec, container, 8000000000);
    }
  }
  return 0;
}
