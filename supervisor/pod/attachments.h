// The clients that are attached to one instance of a container (kubectl attach): they get its
// output as it comes, unfinished lines too, and may write to its input.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "supervisor/pod/control_packet.h"
#include "supervisor/pod/cri_line.h"
#include "supervisor/pod/loop.h"

namespace podrun::pod {

/// A client that wants to be attached.
struct AttachRequest {
  AttachOrder order;
  std::vector<Fd> outputs;  // pipes' write ends: for stdout and stderr
  Fd connection;            // tells how it goes on; its end is the client's
};

/// What a container's instance has for its clients.
struct AttachInput {
  Fd& input;          // the write end of its stdin, or its terminal's master; may be closed here
  bool tty = false;   // clients get the master in any case, to resize it
  bool once = false;  // stdinOnce: the first client's end is the input's
};

/// Clients write to the input themselves, through a copy: nobody waits for a container that does
/// not read. A client that does not read its output holds the container's output back, as under a
/// CRI runtime, but for kStall at most.
class Attachments {
 public:
  /// `resume` is called from the loop when nothing is held back any more.
  Attachments(Loop& loop, const Clock& clock, const AttachInput& input,
              std::function<void()> resume);

  void add(AttachRequest request);
  void put(LogStream stream, std::string_view bytes);
  /// A client has not taken all: no further output is to be read.
  bool holds_back() const;
  /// The instance is over: what waits goes out, and every client is told.
  void finish();

  std::optional<Moment> next_deadline() const;
  void on_deadline(Moment now);

  /// A client that takes nothing for that long is sent away.
  static constexpr Seconds kStall{30};
  static constexpr std::size_t kMaxClients = 32;

 private:
  struct Output {
    Fd fd;
    std::string waiting;
    Loop::Watch watch;
  };
  struct Client {
    Fd connection;
    Loop::Watch watch;
    std::array<Output, 2> outputs;  // by LogStream
    bool input = false;
    std::optional<Moment> patience;  // while output waits
    bool waits() const { return !outputs[0].waiting.empty() || !outputs[1].waiting.empty(); }
  };
  void on_packet(std::uint64_t id);
  void input_ended(Client& client);
  void on_writable(std::uint64_t id, LogStream stream);
  void push(std::uint64_t id, Client& client, LogStream stream);
  void remove(std::uint64_t id);

  Loop& loop_;
  const Clock& clock_;
  AttachInput input_;
  std::function<void()> resume_;
  std::map<std::uint64_t, Client> clients_;
  std::uint64_t next_ = 0;
};

}  // namespace podrun::pod
