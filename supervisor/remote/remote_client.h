// api::Client over the daemon's unix socket: what is watched is at hand as in the daemon itself,
// everything else is asked for. It connects anew for as long as it lives; meanwhile what it knew
// stays readable, and writes throw api::Unreachable.
//
// Single-threaded, on the reactor's thread. A request waits for its answer, at most 10 seconds.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "supervisor/api/client.h"
#include "supervisor/api/token_order.h"
#include "supervisor/client/api.h"
#include "supervisor/node/reactor.h"
#include "supervisor/pod/events.h"
#include "supervisor/remote/object_mirror.h"
#include "supervisor/remote/watch_stream.h"

namespace podrun::remote {

/// What is kept at hand: all objects of a resource that a selector takes.
struct Watched {
  std::string resource;        // "pods"
  std::string field_selector;  // "spec.nodeName=two"; empty: all
};

struct RemoteHooks {
  /// A watched object was created, changed or removed, by whomever.
  std::function<void(const store::ObjectKey& key)> changed;
  /// It is connected (again), and everything watched is at hand.
  std::function<void()> synced;
  /// What an operator should read.
  std::function<void(const std::string& text)> log;
};

class RemoteClient final : public api::Client {
 public:
  RemoteClient(std::string socket, std::vector<Watched> watched, node::Reactor& reactor,
               const Clock& clock, RemoteHooks hooks);

  /// Connects from now on.
  void start();
  /// As if the network were gone (true) or back: connections end, and none is made.
  void cut(bool wanted);
  /// A token for a service account. Throws as writes do.
  api::IssuedToken issue(const api::TokenOrder& order);

  bool is_reachable() const override { return link_->reachable; }
  /// Throws Unreachable for what is not watched.
  const store::Object* get(const store::ObjectKey& key) const override;
  std::vector<store::Object> list(const std::string& resource,
                                  const std::string& namespace_ = "") const override;
  store::Object create(const std::string& resource, const std::string& namespace_,
                       store::Json object) override;
  store::Object update(const store::ObjectKey& key, store::Json object) override;
  store::Object update_status(const store::ObjectKey& key, store::Json object) override;
  void assign(const store::ObjectKey& key, const std::string& node) override;
  void remove(const store::ObjectKey& key, const api::DeleteOptions& options) override;
  /// Throws nothing: what cannot be told now is told when it is connected again.
  void record(const api::EventRecord& event) override;

 private:
  /// What a request finds out about the connection, also one that only reads.
  struct Link {
    bool reachable = false;
    Nanoseconds delay{0};      // until the next attempt
    std::string last_problem;  // told once
    node::Reactor::Watch retry;
  };
  void connect();
  void list_and_watch(std::size_t index, std::vector<store::ObjectKey>& changed);
  void on_event(const std::string& resource, const std::string& type, store::Json object);
  void lose(const std::string& why) const;
  bool is_watched(const std::string& resource) const;
  store::Json ask(client::Call call) const;
  store::Json send(const std::string& method, const std::string& path,
                   const store::Json& body) const;
  store::Object keep(const std::string& resource, store::Json json);
  void look_after_removal(const store::ObjectKey& key);
  void tell(const store::ObjectKey& key, store::Json event);
  void tell_what_waited();

  std::string socket_;
  std::vector<Watched> watched_;
  node::Reactor& reactor_;
  const Clock& clock_;
  RemoteHooks hooks_;
  client::Api api_;
  std::function<void()> reconnect_;
  bool cut_ = false;
  std::unique_ptr<Link> link_;
  ObjectMirror mirror_;
  std::unique_ptr<store::Object> asked_for_;  // the last that was not watched
  std::vector<std::unique_ptr<WatchStream>> streams_;
  pod::EventRecorder events_;
  std::deque<std::pair<store::ObjectKey, store::Json>> waiting_;  // events
};

}  // namespace podrun::remote
