#include "supervisor/api/server/output_queue.h"

namespace podrun::api {

namespace {
constexpr std::size_t kPiece = 16u << 10;  // one TLS record
}

void OutputQueue::add(std::string_view bytes) {
  if (bytes.empty()) return;
  size_ += bytes.size();
  if (!pieces_.empty() && pieces_.back().size() + bytes.size() <= kPiece) {
    pieces_.back().append(bytes);
  } else {
    pieces_.emplace_back(bytes);
  }
}

void OutputQueue::take(std::string bytes) {
  if (bytes.size() < kPiece) return add(bytes);
  size_ += bytes.size();
  pieces_.push_back(std::move(bytes));
}

std::string_view OutputQueue::front() const {
  if (pieces_.empty()) return {};
  return std::string_view(pieces_.front()).substr(sent_);
}

void OutputQueue::consume(std::size_t bytes) {
  size_ -= bytes;
  sent_ += bytes;
  if (size_ == 0) return clear();
  if (sent_ < pieces_.front().size()) return;
  pieces_.pop_front();
  sent_ = 0;
}

void OutputQueue::clear() {
  pieces_.clear();
  sent_ = size_ = 0;
}

}  // namespace podrun::api
