// Bytes to and from the probed server, until a deadline. Errors read as Go's net package words
// them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fd.h"

namespace podrun::pod {

/// When an attempt must be over.
class Deadline {
 public:
  explicit Deadline(Moment at) : at_(at) {}
  static Deadline after(Nanoseconds timeout);
  Nanoseconds left() const;  // not below zero
  bool passed() const { return left().count() == 0; }
  /// The earlier of this one and `timeout` from now.
  Deadline sooner(Nanoseconds timeout) const;
  /// Waits for `events` (POLLIN, POLLOUT) on `fd`, or on nothing (-1); false when the deadline
  /// passes first.
  bool wait(int fd, short events) const;

 private:
  Moment at_;
};

struct IoResult {
  enum Status { kDone, kEnd, kTimeout, kFailed };
  Status status = kDone;
  std::size_t bytes = 0;
  /// "read tcp 127.0.0.1:4711->127.0.0.1:8080: read: connection reset by peer"
  std::string error;
};

/// A connection. Reads and writes wait until the deadline that it was made with.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual IoResult read(char* to, std::size_t size) = 0;  // kDone: at least one byte
  virtual IoResult write_all(std::string_view data) = 0;
};

class TcpStream final : public ByteStream {
 public:
  /// `remote`: what `socket` is connected to, for errors (after a reset the kernel has forgotten).
  TcpStream(Fd socket, std::string remote, Deadline deadline)
      : socket_(std::move(socket)), remote_(std::move(remote)), deadline_(deadline) {}
  IoResult read(char* to, std::size_t size) override;
  IoResult write_all(std::string_view data) override;
  int fd() const { return socket_.get(); }
  const Deadline& deadline() const { return deadline_; }
  /// A failure of `operation` ("read", "write") with both ends' addresses in front.
  IoResult failure(const char* operation, int errno_value) const;

 private:
  Fd socket_;
  std::string remote_;
  Deadline deadline_;
};

/// An attempt to connect: a non-blocking socket, or an error.
struct Dialled {
  Fd socket;
  bool timed_out = false;
  std::string error;  // "dial tcp 10.88.0.5:8080: connect: connection refused"
};
Dialled dial_tcp(const std::string& address, int port, const Deadline& deadline);

/// "10.88.0.5:8080", "[::1]:8080".
std::string join_host_port(std::string_view host, std::string_view port);
std::string join_host_port(std::string_view host, int port);

}  // namespace podrun::pod
