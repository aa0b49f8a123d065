#include "supervisor/api/service_accounts.h"

#include <algorithm>

#include "base/uuid.h"
#include "supervisor/api/api_error.h"
#include "supervisor/api/authorize.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::api {
namespace {

using store::Json;

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::duration_cast<Seconds>(time.time_since_epoch()).count();
}

std::string uid_of(const store::Object& object) {
  return object.json->at("metadata").value("uid", "");
}

/// An object that claims name, as it is; null where it is gone or another has its name.
const store::Object* named(const store::Store& store, const char* resource,
                           const std::string& namespace_, const Json& claim) {
  const store::Object* object =
      store.find({resource, namespace_, manifest::text_at(claim, "name")});
  return object != nullptr && uid_of(*object) == manifest::text_at(claim, "uid") ? object : nullptr;
}

bool is_for_api(const Json& claims) {
  const Json& audiences = manifest::list_at(claims, "aud");
  return std::any_of(audiences.begin(), audiences.end(),
                     [](const Json& audience) { return audience == kTokenIssuer; });
}

}  // namespace

IssuedToken ServiceAccounts::issue(const TokenOrder& order) const {
  const store::Object* account = store_.find({"serviceaccounts", order.namespace_, order.account});
  if (account == nullptr) {
    throw not_found({"", "serviceaccounts", "ServiceAccount", order.account});
  }
  Json bound{{"namespace", order.namespace_}};
  if (!order.pod.empty()) {
    const Subject subject{"", "pods", "Pod", order.pod};
    const store::Object* pod = store_.find({"pods", order.namespace_, order.pod});
    if (pod == nullptr) throw not_found(subject);
    if (!order.pod_uid.empty() && order.pod_uid != uid_of(*pod)) {
      throw conflict(subject, "the UID in the bound object reference (" + order.pod_uid +
                                  ") does not match the UID in record. The object might have been "
                                  "deleted and then recreated");
    }
    if (pod->json->at("spec").value("serviceAccountName", "") != order.account) {
      throw bad_request("cannot bind token for serviceaccount \"" + order.account +
                        "\" to pod running with different serviceaccount name.");
    }
    bound["pod"] = {{"name", order.pod}, {"uid", uid_of(*pod)}};
  }
  bound["serviceaccount"] = {{"name", order.account}, {"uid", uid_of(*account)}};
  IssuedToken issued;
  issued.issued = clock_.wall();
  issued.expires = issued.issued + order.life;
  Json claims{{"aud", order.audiences}};
  if (order.audiences.empty()) claims["aud"] = {kTokenIssuer};
  claims["exp"] = unix_seconds(issued.expires);
  claims["iat"] = unix_seconds(issued.issued);
  claims["iss"] = kTokenIssuer;
  claims["jti"] = make_uuid();
  claims["kubernetes.io"] = std::move(bound);
  claims["nbf"] = unix_seconds(issued.issued);
  claims["sub"] = "system:serviceaccount:" + order.namespace_ + ":" + order.account;
  issued.token = signer_.sign(claims.dump());
  return issued;
}

std::optional<User> ServiceAccounts::authenticate(std::string_view token) const {
  const auto text = signer_.claims_of(token);
  if (!text) return std::nullopt;
  const Json claims = Json::parse(*text, nullptr, false);
  const Json* bound = manifest::find(claims, "kubernetes.io");
  const std::int64_t now = unix_seconds(clock_.wall());
  if (bound == nullptr || manifest::text_at(claims, "iss") != kTokenIssuer || !is_for_api(claims) ||
      now >= manifest::number_at(claims, "exp") || now < manifest::number_at(claims, "nbf")) {
    return std::nullopt;
  }
  const std::string space = manifest::text_at(*bound, "namespace");
  const Json* account = manifest::find(*bound, "serviceaccount");
  const Json* pod = manifest::find(*bound, "pod");
  if (account == nullptr || named(store_, "serviceaccounts", space, *account) == nullptr ||
      (pod != nullptr && named(store_, "pods", space, *pod) == nullptr)) {
    return std::nullopt;
  }
  const std::string name =
      "system:serviceaccount:" + space + ":" + manifest::text_at(*account, "name");
  return User{name, groups_of(name)};
}

}  // namespace podrun::api
