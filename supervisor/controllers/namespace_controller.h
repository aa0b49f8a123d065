// Namespaces: the ones that always exist, the ServiceAccount of each, and the emptying of one that
// is being deleted. pkg/controller/namespace, pkg/controller/serviceaccount.
#pragma once

#include "supervisor/api/client.h"
#include "supervisor/controllers/namespace_content.h"
#include "supervisor/controllers/resource_type.h"

namespace podrun::controllers {

class NamespaceController {
 public:
  NamespaceController(api::Client& client, const ResourceTypes& types)
      : client_(client), types_(types) {}

  /// default, kube-system, kube-public and kube-node-lease.
  void ensure_defaults();
  /// Gives a namespace its ServiceAccount `default`; empties one that is being deleted, and lets it
  /// go once it is empty. The finalizer in spec.finalizers goes through Client::update, which must
  /// therefore take it (as the subresource `finalize` does). Throws ApiError for what is to be
  /// tried again.
  void sync(const store::ObjectKey& key, WallTime now);

 private:
  void ensure_account(const std::string& name);
  NamespaceContent empty_out(const std::string& name);

  api::Client& client_;
  const ResourceTypes& types_;
};

}  // namespace podrun::controllers
