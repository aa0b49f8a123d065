// One watch over the daemon's unix socket, read as it comes: nothing here waits.
#pragma once

#include <functional>
#include <string>

#include "base/fd.h"
#include "supervisor/client/answer_parser.h"
#include "supervisor/client/connection.h"
#include "supervisor/node/reactor.h"
#include "supervisor/store/object.h"

namespace podrun::remote {

class WatchStream {
 public:
  /// "ADDED", "MODIFIED" or "DELETED".
  using OnEvent = std::function<void(const std::string& type, store::Json object)>;
  /// Called once, from the loop: why nothing more comes; "" where the server ended it in peace.
  using OnEnd = std::function<void(const std::string& why)>;

  /// Connects and sends the request. Throws Error where nobody listens.
  WatchStream(node::Reactor& reactor, const std::string& socket, const client::Call& call,
              OnEvent on_event, OnEnd on_end);
  WatchStream(const WatchStream&) = delete;
  WatchStream& operator=(const WatchStream&) = delete;

 private:
  void on_readable();
  bool read();
  void take_lines();
  void take_line(std::string_view line);

  Fd socket_;
  client::AnswerParser parser_;
  std::string text_;  // a line that is not whole yet
  OnEvent on_event_;
  OnEnd on_end_;
  node::Reactor::Watch readable_;
};

}  // namespace podrun::remote
