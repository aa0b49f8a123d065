#include "supervisor/api/server/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>

#include "base/error.h"
#include "supervisor/api/server/connection.h"
#include "supervisor/api/server/listener.h"
#include "supervisor/api/server/peer.h"
#include "supervisor/api/server/tls_channel.h"

namespace podrun::api {

namespace {
using TimePoint = Shared::TimePoint;
/// Deadlines that are nearer to each other are looked at together.
constexpr auto kDeadlineGrain = std::chrono::milliseconds(20);

struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};
FileId file_id(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}
}  // namespace

struct Server::Impl {
  Impl(boost::asio::io_context& io, ServerHooks hooks, const Limits& limits);

  void listen(Fd socket, Listener::Accepted accepted);
  void add(Fd socket, std::unique_ptr<Channel> channel, std::optional<User> user,
           std::shared_ptr<void> slot);
  void wake_at(TimePoint time);
  void look_at_deadlines();
  void close_all();
  void close_listeners();
  void stopped_if_empty();
  std::vector<std::shared_ptr<Connection>> all() const;

  Shared shared;
  boost::asio::steady_timer deadlines, stop_bound;
  TimePoint armed = TimePoint::max();
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::vector<std::pair<std::string, FileId>> paths;
  std::shared_ptr<TlsContext> tls;
  std::function<void()> stopped;
  /// A timer's handler may be on its way already when this is destroyed.
  std::shared_ptr<bool> life = std::make_shared<bool>(true);
};

Server::Impl::Impl(boost::asio::io_context& io, ServerHooks hooks, const Limits& limits)
    : shared{io,
             limits,
             std::move(hooks.handler),
             std::move(hooks.authenticate),
             std::move(hooks.request_commit),
             std::move(hooks.cut_off),
             [this](TimePoint time) { wake_at(time); },
             [this](Connection& connection) {
               connections.erase(&connection);
               stopped_if_empty();
             },
             {}},
      deadlines(io),
      stop_bound(io) {}

std::vector<std::shared_ptr<Connection>> Server::Impl::all() const {
  std::vector<std::shared_ptr<Connection>> copy;
  copy.reserve(connections.size());
  for (const auto& entry : connections) copy.push_back(entry.second);
  return copy;
}

void Server::Impl::listen(Fd socket, Listener::Accepted accepted) {
  auto listener = std::make_shared<Listener>(shared.io, std::move(socket),
                                             shared.limits.connections, std::move(accepted));
  listener->start();
  listeners.push_back(std::move(listener));
}

void Server::Impl::add(Fd socket, std::unique_ptr<Channel> channel, std::optional<User> user,
                       std::shared_ptr<void> slot) {
  auto connection = std::make_shared<Connection>(shared, std::move(socket), std::move(channel),
                                                 std::move(user), std::move(slot));
  connections.emplace(connection.get(), connection);
  connection->start();
}

/// One timer for all connections, at the earliest of their deadlines: one that is put off costs
/// nothing.
void Server::Impl::wake_at(TimePoint time) {
  if (time >= armed) return;
  armed = time;
  deadlines.expires_at(time);
  deadlines.async_wait([this, here = std::weak_ptr(life)](const boost::system::error_code& error) {
    if (!error && here.lock()) look_at_deadlines();
  });
}

void Server::Impl::look_at_deadlines() {
  const auto now = std::chrono::steady_clock::now();
  auto next = TimePoint::max();
  armed = TimePoint::max();
  for (const auto& connection : all()) {
    connection->expire(now);
    if (connection->is_open()) next = std::min(next, connection->deadline());
  }
  if (next != TimePoint::max()) wake_at(std::max(next, now + kDeadlineGrain));
}

void Server::Impl::close_listeners() {
  for (const auto& listener : listeners) listener->close();
  listeners.clear();
  for (const auto& [path, id] : paths)
    if (file_id(path) == id) ::unlink(path.c_str());
  paths.clear();
}

void Server::Impl::close_all() {
  for (const auto& connection : all()) connection->close();
}

void Server::Impl::stopped_if_empty() {
  if (!shared.stopping || !connections.empty() || !stopped) return;
  stop_bound.cancel();
  boost::asio::post(shared.io, std::exchange(stopped, nullptr));
}

Server::Server(boost::asio::io_context& io, ServerHooks hooks, const Limits& limits)
    : impl_(std::make_unique<Impl>(io, std::move(hooks), limits)) {}

Server::~Server() {
  impl_->stopped = nullptr;
  impl_->close_listeners();
  impl_->close_all();
}

void Server::listen_unix(const std::string& path) {
  Fd socket = listen_at_path(path);
  impl_->paths.emplace_back(path, file_id(path));
  impl_->listen(std::move(socket), [impl = impl_.get()](Fd client, std::shared_ptr<void> slot) {
    const int fd = client.get();
    impl->add(std::move(client), make_plain_channel(fd), unix_peer(fd), std::move(slot));
  });
}

std::uint16_t Server::listen_tls(const std::string& address, std::uint16_t port,
                                 const TlsIdentity& identity) {
  impl_->tls = std::make_shared<TlsContext>(identity);
  Fd socket = listen_at_address(address, port);
  const std::uint16_t picked = port_of(socket.get());
  impl_->listen(std::move(socket), [impl = impl_.get()](Fd client, std::shared_ptr<void> slot) {
    const int fd = client.get();
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    impl->add(std::move(client), make_tls_channel(*impl->tls, fd), std::nullopt, std::move(slot));
  });
  return picked;
}

void Server::renew_tls(const TlsIdentity& identity) {
  impl_->tls = std::make_shared<TlsContext>(identity);
}

void Server::on_committed() {
  for (auto& [connection, response] : std::exchange(impl_->shared.uncommitted, {}))
    connection->deliver(std::move(response));
}

void Server::on_commit_failed(const std::string& why) {
  for (const auto& entry : std::exchange(impl_->shared.uncommitted, {}))
    entry.first->deliver(refusal(500, why));
}

void Server::stop(std::chrono::milliseconds bound, std::function<void()> stopped) {
  impl_->shared.stopping = true;
  impl_->stopped = std::move(stopped);
  impl_->close_listeners();
  impl_->stop_bound.expires_after(bound);
  impl_->stop_bound.async_wait([impl = impl_.get(), here = std::weak_ptr(impl_->life)](
                                   const boost::system::error_code& error) {
    if (!error && here.lock()) impl->close_all();
  });
  for (const auto& connection : impl_->all()) connection->finish();
  impl_->stopped_if_empty();
}

std::size_t Server::connections() const { return impl_->connections.size(); }

}  // namespace podrun::api
