// The Kubernetes API as a function from request to response: routes, verbs, content types. It knows
// no sockets (http.h) and keeps no objects (registry.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "supervisor/api/http.h"
#include "supervisor/api/negotiate.h"
#include "supervisor/api/registry.h"
#include "supervisor/api/request_info.h"
#include "supervisor/api/request_metrics.h"
#include "supervisor/api/service_accounts.h"

namespace podrun::api {

/// What the node offers of a running pod. The pod exists; everything else is checked by it.
class PodAccess {
 public:
  virtual ~PodAccess() = default;
  /// GET …/pods/NAME/log: container, follow, previous, since…, tail…, timestamps, limitBytes.
  virtual Response log(const store::Object& pod, const Request& request) = 0;
  /// exec, attach and portforward, by their subresource's name.
  virtual Response connect(const std::string& subresource, const store::Object& pod,
                           const Request& request) = 0;
};

struct ServerFacts {
  std::string git_version;  // "v1.34.0+podrun-0.1.0"
};

class ApiServer {
 public:
  ApiServer(store::Store& store, Registry& registry, PodAccess& pods, const Clock& clock,
            ServerFacts facts)
      : store_(store), registry_(registry), pods_(pods), clock_(clock), facts_(std::move(facts)) {}

  /// Answers anything; failures are Status objects.
  Response handle(const Request& request);
  /// What GET /metrics tells besides requests.
  void on_metrics(std::function<void(MetricsText&)> collect) { collect_ = std::move(collect); }
  /// Who gives tokens to service accounts; outlives this. Without it nobody does.
  void give_tokens(const ServiceAccounts& accounts) { accounts_ = &accounts; }
  /// Where it can be reached over TLS, as GET /api tells: "127.0.0.1:6443".
  void answers_at(std::string address) { address_ = std::move(address); }

 private:
  Response answer_or_failure(const Request& request);
  Response metrics() const;
  struct Call;  // one request for a resource
  Response dispatch(const Request& request);
  Response plain(const Request& request);
  Response resource(Call& call);
  Response subresource(Call& call);
  Response get(Call& call);
  Response list(Call& call);
  Response watch(Call& call);
  Response create(Call& call);
  Response update(Call& call);
  Response create_named(Call& call);
  Response patch(Call& call);
  Response remove(Call& call);
  Response remove_collection(Call& call);
  Response scale(Call& call);
  Written change_scale(const Call& call);
  Response evict(Call& call);
  Response finalize(Call& call);
  Response token(Call& call);
  std::optional<Response> openapi(const Request& request);
  Response bind(Call& call);
  Response review(Call& call) const;
  Response answer(const Call& call, const Written& written, int status) const;
  std::string render(const Call& call, const store::Object& object) const;
  /// Whether render() gives the object's own text.
  static bool is_text_as_stored(const Call& call, const store::Object& object);

  store::Store& store_;
  Registry& registry_;
  PodAccess& pods_;
  const Clock& clock_;
  ServerFacts facts_;
  std::string address_ = "127.0.0.1:6443";
  const ServiceAccounts* accounts_ = nullptr;
  RequestMetrics requests_;
  std::function<void(MetricsText&)> collect_ = [](MetricsText&) {};
  std::map<std::string, std::string> documents_;  // OpenAPI, made when first asked for
};

}  // namespace podrun::api
