// The HTTP/1.1 server of the API: over a unix socket for root, over TLS for everyone with a
// certificate or a token. It knows who asks, not what may be asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "supervisor/api/http.h"
#include "supervisor/api/server/limits.h"

namespace boost::asio {
class io_context;
}

namespace podrun::api {

struct TlsIdentity;

/// What the server asks others. All are called on the event loop's thread.
struct ServerHooks {
  /// HEAD comes as GET; its answer's body is not sent.
  Handler handler;
  /// Whose bearer token it is; nothing for one that is not known.
  std::function<std::optional<User>(std::string_view token)> authenticate;
  /// An answer waits for Store::commit(): on_committed or on_commit_failed must follow. Called for
  /// the first of those that wait together.
  std::function<void()> request_commit;
  /// A client that did not read was cut off: what it left unread is free again soon.
  std::function<void()> cut_off = [] {};
};

/// Belongs to the thread that runs the event loop. Sinks are StreamSink or UpgradeSink and Flow
/// (supervisor/api/flow.h).
class Server {
 public:
  /// Nobody is answered before it listens. `io` must outlive it.
  Server(boost::asio::io_context& io, ServerHooks hooks, const Limits& limits = {});
  /// Closes all connections at once; streams and upgrades are destroyed.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Makes the socket, of mode 0600. Clients are root or this process's user (SO_PEERCRED): they
  /// are system:admin of system:masters. A socket that nobody serves any more is replaced; throws
  /// Error where another process serves it. Removed in the end.
  void listen_unix(const std::string& path);
  /// Returns the port: `port` 0 picks one. `address` is numeric ("127.0.0.1", "::1"). A client is
  /// whom its certificate names (CN the user, each O a group), else whose its token is.
  std::uint16_t listen_tls(const std::string& address, std::uint16_t port,
                           const TlsIdentity& identity);
  /// For connections from now on: a certificate was renewed.
  void renew_tls(const TlsIdentity& identity);

  /// The store has committed: all answers that waited are sent.
  void on_committed();
  /// It could not: they become 500 with this reason.
  void on_commit_failed(const std::string& why);

  /// Accepts no more, ends streams and upgrades, finishes what is being answered; closes what is
  /// left after `bound`. `stopped` is called once, from the event loop.
  void stop(std::chrono::milliseconds bound, std::function<void()> stopped);

  std::size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podrun::api
