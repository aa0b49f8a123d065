// Namespaces: the ones that always exist, the ServiceAccount of each, and the emptying of one that
// is being deleted. pkg/controller/namespace, pkg/controller/serviceaccount,
// pkg/controller/certificates/rootcacertpublisher.
#pragma once

#include <string>
#include <utility>

#include "supervisor/api/client.h"
#include "supervisor/controllers/namespace_content.h"
#include "supervisor/controllers/resource_type.h"

namespace podrun::controllers {

inline constexpr const char* kRootCaName = "kube-root-ca.crt";

class NamespaceController {
 public:
  /// `root_ca`: the certificate that the ConfigMap kube-root-ca.crt of each namespace holds; empty
  /// where there is none.
  NamespaceController(api::Client& client, const ResourceTypes& types, std::string root_ca = "")
      : client_(client), types_(types), root_ca_(std::move(root_ca)) {}

  /// default, kube-system, kube-public and kube-node-lease.
  void ensure_defaults();
  /// Gives a namespace its ServiceAccount `default` and its kube-root-ca.crt; empties one that is
  /// being deleted, and lets it go once it is empty. The finalizer in spec.finalizers goes through
  /// Client::update, which must therefore take it (as the subresource `finalize` does). Throws
  /// ApiError for what is to be tried again.
  void sync(const store::ObjectKey& key, WallTime now);

 private:
  void ensure_account(const std::string& name);
  void ensure_root_ca(const std::string& name);
  NamespaceContent empty_out(const std::string& name);

  api::Client& client_;
  const ResourceTypes& types_;
  const std::string root_ca_;
};

}  // namespace podrun::controllers
