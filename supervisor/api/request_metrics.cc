#include "supervisor/api/request_metrics.h"

#include <algorithm>

#include "supervisor/api/request_info.h"
#include "supervisor/api/served.h"

namespace podrun::api {
namespace {

bool is_connect(const std::string& subresource) {
  return subresource == "exec" || subresource == "attach" || subresource == "portforward";
}

/// The words that Kubernetes' metrics have for verbs.
std::string verb_of(const Request& request, const RequestInfo& info) {
  if (is_connect(info.subresource)) return "CONNECT";
  if (info.verb == "list") return "LIST";
  if (info.verb == "watch") return "WATCH";
  if (info.verb == "deletecollection") return "DELETECOLLECTION";
  if (info.verb == "patch" && request.header("content-type").starts_with("application/apply-")) {
    return "APPLY";
  }
  for (const char* known : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    if (request.method == known) return known;
  }
  return "other";
}

std::string scope_of(const RequestInfo& info) {
  if (!info.name.empty()) return "resource";
  return info.namespace_.empty() ? "cluster" : "namespace";
}

}  // namespace

RequestMetrics::Kind RequestMetrics::kind_of(const Request& request) {
  const auto info = parse_resource_path(request.method, request.path, is_watch(request));
  const ServedResource* type =
      info ? find_served(info->group, info->version, info->resource) : nullptr;
  Kind kind;
  if (type == nullptr) {
    kind.verb = verb_of(request, RequestInfo());
    return kind;
  }
  kind.verb = verb_of(request, *info);
  kind.group = type->group;
  kind.version = info->version;
  kind.resource = type->resource;
  if (type->subresource(info->subresource) != nullptr) kind.subresource = info->subresource;
  kind.scope = scope_of(*info);
  return kind;
}

MetricsText::Labels RequestMetrics::labels_of(const Kind& kind) {
  return {{"component", "apiserver"},        {"group", kind.group},
          {"resource", kind.resource},       {"scope", kind.scope},
          {"subresource", kind.subresource}, {"verb", kind.verb},
          {"version", kind.version}};
}

void RequestMetrics::count(const Request& request, int code, Nanoseconds took) {
  const Kind kind = kind_of(request);
  ++totals_[{kind, code}];
  // These last as long as their clients like.
  if (kind.verb == "WATCH" || kind.verb == "CONNECT") return;
  Times& times = times_[kind];
  const double seconds = std::chrono::duration<double>(took).count();
  const auto* const bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++times.buckets[static_cast<std::size_t>(bound - kBounds.begin())];
  times.sum += seconds;
  ++times.count;
}

void RequestMetrics::write(MetricsText& out) const {
  out.family("apiserver_request_total", "counter",
             "Requests by verb, resource and the answer's HTTP code.");
  for (const auto& [key, total] : totals_) {
    MetricsText::Labels labels = labels_of(key.first);
    labels.insert(labels.begin(), {"code", std::to_string(key.second)});
    out.sample(labels, static_cast<double>(total));
  }
  out.family("apiserver_request_duration_seconds", "histogram",
             "How long the API took for an answer, without the wait for its commit.");
  for (const auto& [kind, times] : times_) {
    const MetricsText::Labels labels = labels_of(kind);
    std::uint64_t up_to = 0;
    for (std::size_t i = 0; i <= kBounds.size(); ++i) {
      up_to += times.buckets[i];
      MetricsText::Labels bucket = labels;
      bucket.emplace_back("le", i < kBounds.size() ? MetricsText::number(kBounds[i]) : "+Inf");
      out.sample(bucket, static_cast<double>(up_to), "_bucket");
    }
    out.sample(labels, times.sum, "_sum");
    out.sample(labels, static_cast<double>(times.count), "_count");
  }
}

}  // namespace podrun::api
