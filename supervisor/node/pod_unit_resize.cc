// PodUnit: other resources for a pod that runs.
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/manifest/json.h"
#include "supervisor/node/pod_unit.h"
#include "supervisor/pod/resize.h"

namespace podrun::node {
namespace {

// An order that was not taken is given again this much later.
constexpr Nanoseconds kOrderRetry = std::chrono::milliseconds(100);

std::int64_t generation_of(const Json& pod) {
  return pod.at("metadata").value("generation", std::int64_t{0});
}

}  // namespace

/// `told`: the supervisor reads it when it starts.
void PodUnit::know_given(const Json& manifest, bool told) {
  given_ = resources_of(manifest);
  given_generation_ = generation_of(manifest);
  resize_told_ = told;
}

void PodUnit::see_resources(const Json& pod) {
  if (state_ != SupervisorView::State::kRunning || is_final(pod.value("status", Json::object())) ||
      pod.at("metadata").contains("deletionTimestamp")) {
    return;
  }
  if (given_.is_null()) {  // an earlier daemon's, which may not have come to tell
    const Json manifest = Json::parse(read_file(folder_ + "/pod.json"), nullptr, false);
    if (!manifest.is_object()) return;
    know_given(manifest, observed_generation_ >= generation_of(manifest));
  }
  waits_for_room_ = false;
  room_timer_.reset();
  const bool has_all = resources_of(pod) == given_;
  const ResizeVerdict verdict = has_all ? ResizeVerdict() : judge(pod);
  // A newer generation alone is told as well: the supervisor says which one it has seen.
  if (verdict.fits() && (!has_all || generation_of(pod) > given_generation_)) give_resources(pod);
  waits_for_room_ = verdict.reason == "Deferred";
  show_verdict(pod, verdict);
  if (!resize_told_) tell_resize();
  if (waits_for_room_) {
    room_timer_ =
        context_.reactor.call_after(kDeferredRetry, [this] { context_.look_again(uid_); });
  }
}

/// The file first: a daemon that dies in between finds there that it was to be told.
void PodUnit::give_resources(const Json& pod) {
  const std::string path = folder_ + "/pod.json";
  Json manifest = with_resources(Json::parse(read_file(path)), pod);
  manifest["metadata"]["generation"] = generation_of(pod);
  replace_file(path, manifest.dump(), 0600);
  know_given(manifest, /*told=*/false);
}

void PodUnit::tell_resize() {
  resize_told_ = supervisor_.resize();
  if (!resize_told_) wait_until(context_.clock.now() + kOrderRetry);
}

ResizeVerdict PodUnit::judge(const Json& pod) const {
  const store::Object* node = context_.client.get({"nodes", "", context_.node_name});
  if (node == nullptr) return {};
  const Json before = Json::parse(read_file(folder_ + "/pod.json"));
  const auto asked = [](const Json& json) {
    return manifest::pod_requests(manifest::pod_from_json(json).spec);
  };
  const Json node_json = *node->json;
  return judge_resize(asked(before), asked(pod),
                      room_for(uid_, node_json, context_.client.list("pods")));
}

void PodUnit::show_verdict(const Json& pod, const ResizeVerdict& verdict) {
  if (verdict.fits() && !is_pending(pod.value("status", Json::object()))) return;
  Json changed = pod;
  const std::int64_t generation = generation_of(pod);
  if (!show_pending(changed["status"], verdict, generation, context_.clock.wall())) return;
  changed["metadata"].erase("resourceVersion");
  context_.client.update_status(key_, std::move(changed));
  if (verdict.fits()) return;
  record(pod, "Warning", "Resize" + verdict.reason,
         pod::resize_message(verdict.reason, manifest::pod_from_json(pod).spec, generation,
                             verdict.message));
}

}  // namespace podrun::node
