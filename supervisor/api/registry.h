// Objects behind the API: admission, names, preconditions, finalizers, graceful deletion. Requests
// over the wire and the controllers in this process go through the same functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/api/client.h"
#include "supervisor/api/generate_name.h"
#include "supervisor/api/served.h"
#include "supervisor/api/strategy.h"
#include "supervisor/pod/events.h"
#include "supervisor/store/store.h"

namespace podrun::api {

/// What a write asks for besides its object.
struct WriteOptions {
  bool dry_run = false;
  std::string field_validation;  // "", "Ignore", "Warn", "Strict"
  /// Who comes to own what is written; empty for podrun's own parts, which are not listed.
  std::string field_manager;
  std::string subresource;      // that the request came through: "status", "scale"
  bool owners_decided = false;  // the object says already who owns it
};

struct Written {
  store::Object object;               // as stored; with dryRun, as it would be
  std::vector<std::string> warnings;  // for the Warning header
  bool created = false;
  bool removed = false;  // a deletion, or the update that took the last finalizer
};

/// Makes the text of the new object from the present one; may throw ApiError.
using Edit = std::function<std::string(const store::Json& present)>;

class Registry final : public Client {
 public:
  Registry(store::Store& store, const Clock& clock, Random random)
      : store_(store), clock_(clock), random_(std::move(random)) {}

  /// Called after each write: a commit is due.
  void on_write(std::function<void()> callback) { on_write_ = std::move(callback); }

  /// From now on new pods have their service account's token mounted.
  void mount_tokens() { mounts_tokens_ = true; }

  // ---- requests

  /// `version`: the one that the text is written in.
  Written create(const ServedResource& resource, const std::string& version,
                 const std::string& namespace_, const std::string& text,
                 const WriteOptions& options);
  /// Replaces the object by what `edit` makes of it.
  Written change(const ServedResource& resource, const std::string& version,
                 const store::ObjectKey& key, Part part, const Edit& edit,
                 const WriteOptions& options);
  /// Server-side apply: creates the object or merges what `text` says into it. 409 where `force` is
  /// not set and others own fields that would change.
  Written apply(const ServedResource& resource, const std::string& version,
                const store::ObjectKey& key, Part part, const std::string& text, bool force,
                WriteOptions options);
  Written remove(const ServedResource& resource, const store::ObjectKey& key,
                 const DeleteOptions& options);
  /// Deletes a pod for an eviction: its condition DisruptionTarget says so first.
  void evict(const store::ObjectKey& key, DeleteOptions options);
  /// A scheduler's decision: the pod belongs to this node from now on. 409 where it has one.
  void assign(const store::ObjectKey& key, const std::string& node, bool dry_run);
  /// 404 where there is none.
  const store::Object& require(const ServedResource& resource, const store::ObjectKey& key) const;
  const store::Store& store() const { return store_; }

  // ---- Client

  const store::Object* get(const store::ObjectKey& key) const override { return store_.find(key); }
  std::vector<store::Object> list(const std::string& resource,
                                  const std::string& namespace_) const override {
    return store_.list(resource, namespace_);
  }
  store::Object create(const std::string& resource, const std::string& namespace_,
                       store::Json object) override;
  store::Object update(const store::ObjectKey& key, store::Json object) override;
  store::Object update_status(const store::ObjectKey& key, store::Json object) override;
  void assign(const store::ObjectKey& key, const std::string& node) override {
    assign(key, node, false);
  }
  void remove(const store::ObjectKey& key, const DeleteOptions& options) override;
  void record(const EventRecord& event) override;

 private:
  void track(const ServedResource& resource, const std::string& version, const store::Json* old,
             store::Json& object, const WriteOptions& options) const;
  void check_namespace(const ServedResource& resource, const std::string& namespace_,
                       const std::string& name) const;
  void admit_account(const std::string& namespace_, store::Json& pod);
  Written insert(const ServedResource& resource, const std::string& namespace_, store::Json object,
                 const std::string& uid, bool dry_run);
  Written replace(const store::Object& old, store::Json object, bool dry_run);
  store::Object write(const store::ObjectKey& key, Part part, store::Json object);

  store::Object put_new(const store::ObjectKey& key, store::Json object);
  store::Object put(const store::Object& old, store::Json object);
  store::Object take_out(const store::Object& old);

  store::Store& store_;
  const Clock& clock_;
  Random random_;
  bool mounts_tokens_ = false;
  std::function<void()> on_write_ = [] {};
  pod::EventRecorder events_;
};

/// The resource that the store knows by this name, in the group it is stored in; throws ApiError
/// 500 for what is not stored.
const ServedResource& stored_type(const std::string& storage);
/// How a message names an object of this resource.
Subject subject_of(const ServedResource& resource, const std::string& name);

}  // namespace podrun::api
