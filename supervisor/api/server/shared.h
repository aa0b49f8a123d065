// What the connections of one server have in common.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "supervisor/api/http.h"
#include "supervisor/api/server/limits.h"

namespace podrun::api {

class Connection;

/// The server owns it, and closes all connections before it goes.
struct Shared {
  using TimePoint = std::chrono::steady_clock::time_point;

  boost::asio::io_context& io;
  Limits limits;
  Handler handler;
  std::function<std::optional<User>(std::string_view token)> authenticate;
  std::function<void()> request_commit;
  std::function<void()> cut_off;

  /// Makes sure that Connection::expire is called at this time.
  std::function<void(TimePoint)> wake_at;
  /// The connection is closed: nothing refers to it any more.
  std::function<void(Connection&)> forget;

  /// Answers that wait for the commit, in the order of their requests.
  std::vector<std::pair<std::shared_ptr<Connection>, Response>> uncommitted;
  bool stopping = false;
  /// What the clients of all streams have left unread.
  std::size_t unread = 0;
  std::vector<char> scratch = std::vector<char>(64u << 10);
};

}  // namespace podrun::api
