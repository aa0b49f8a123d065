// Any text as a manifest: it is refused with errors, or it gives pods that go through JSON
// unchanged and load again without an error. And as an object of every kind of the API: what is
// admitted is admitted again without a change.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "supervisor/manifest/admit.h"
#include "supervisor/manifest/json.h"
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/load.h"
#include "supervisor/manifest/resources.h"

namespace {

void admit_as_each_kind(const std::string& text) {
  using namespace podrun::manifest;
  for (const KindRule& rule : kind_rules()) {
    const Admission first = admit({rule.group, rule.version, rule.kind}, text);
    if (!first.malformed.empty() || !first.errors.empty()) continue;
    const auto slash = rule.stored_as.find('/');
    const bool core = slash == std::string_view::npos;
    const Kind stored{core ? "" : rule.stored_as.substr(0, slash),
                      core ? rule.stored_as : rule.stored_as.substr(slash + 1), rule.kind};
    const Admission again = admit(stored, first.object.dump());
    if (!again.errors.empty() || again.object != first.object) std::abort();
    const Admission updated = admit_update(stored, first.object.dump(), first.object);
    if (!updated.errors.empty() || updated.object != first.object) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podrun::manifest;
  const std::string text(reinterpret_cast<const char*>(data), size);
  admit_as_each_kind(text);
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
