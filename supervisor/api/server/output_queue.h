// Bytes that wait to be sent: small pieces are gathered, large ones are kept as they came.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace podrun::api {

class OutputQueue {
 public:
  void add(std::string_view bytes);
  /// Takes a large piece without copying it.
  void take(std::string bytes);

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  /// What is to be sent first; empty only where the queue is.
  std::string_view front() const;
  void consume(std::size_t bytes);
  void clear();

 private:
  std::deque<std::string> pieces_;
  std::size_t sent_ = 0;  // of the first piece
  std::size_t size_ = 0;
};

}  // namespace podrun::api
