// Connection, while a stream or an upgrade has it.
#include <algorithm>

#include "supervisor/api/server/connection.h"
#include "supervisor/api/server/wire_later.h"

namespace podrun::api {

namespace {
/// A queue of this size is sent at once, a shorter one at the end of the turn.
constexpr std::size_t kSendNow = 64u << 10;
}  // namespace

void Connection::send_stream(const Response& response) {
  state_ = State::kStreaming;
  sink_closed_ = cut_off_ = input_paused_ = false;
  output_.add(answer_head(response, framing_, std::time(nullptr)));
  if (framing_.http_10) close_after_ = true;
  flush();
  write_goes_on();
  stream_sink_ = std::make_shared<OutletSink<StreamSink>>(static_cast<Outlet&>(*this));
  beginning_ = true;
  auto stream = response.stream(stream_sink_);
  beginning_ = false;
  if (!is_open()) return;
  stream_ = std::move(stream);
  begun_with_ = output_.size();
  const TimePoint now = std::chrono::steady_clock::now();
  if (response.stream_time.count() > 0) {
    stream_ends_ = now + response.stream_time;
    shared_.wake_at(stream_ends_);
  }
  tick_ = response.stream_tick;
  tick_by(now);
  want_input(input_.size() - input_taken_ < shared_.limits.header_bytes);
}

void Connection::send_upgrade(const Response& response) {
  state_ = State::kUpgraded;
  sink_closed_ = cut_off_ = input_paused_ = false;
  close_after_ = true;
  output_.add(answer_head(response, framing_, std::time(nullptr)));
  flush();
  write_goes_on();
  upgrade_sink_ = std::make_shared<OutletSink<UpgradeSink>>(static_cast<Outlet&>(*this));
  beginning_ = true;
  auto upgrade = response.upgrade(upgrade_sink_);
  beginning_ = false;
  if (!is_open()) return;
  upgrade_ = std::move(upgrade);
  begun_with_ = output_.size();
  if (!upgrade_) return end_upgrade();
  later([this] { deliver_input(); });
}

/// What came together with the request, or while input was paused.
void Connection::deliver_input() {
  if (state_ != State::kUpgraded || input_paused_ || sink_closed_) return;
  release_input();
  if (!input_.empty()) upgrade_->on_bytes(std::exchange(input_, {}));
  if (is_open() && state_ == State::kUpgraded && !input_paused_) want_input(true);
}

bool Connection::sink_write(std::string_view bytes) {
  if (!is_open() || sink_closed_ || cut_off_) return false;
  if (bytes.empty()) return true;
  if (!may_take_more(bytes.size())) return false;
  const bool was_empty = output_.empty();
  const bool chunked = state_ == State::kStreaming && !framing_.http_10;
  if (chunked) output_.add(chunk_head(bytes.size()));
  output_.add(bytes);
  if (chunked) output_.add(kChunkEnd);
  if (was_empty) write_goes_on();
  if (output_.size() >= kSendNow) {
    if (flush()) {
      begun_with_ = 0;
      write_goes_on();
    }
  } else {
    flush_soon();
  }
  count_unread();
  return true;
}

void Connection::count_unread() {
  const bool counts = is_open() && (stream_sink_ || upgrade_sink_) && !beginning_;
  const std::size_t now = counts ? output_.size() - std::min(begun_with_, output_.size()) : 0;
  shared_.unread += now - unread_;
  unread_ = now;
}

/// Where the client has too much unread, it is cut off, from the event loop: the caller may be in
/// the middle of telling many.
bool Connection::may_take_more(std::size_t bytes) {
  const Limits& limits = shared_.limits;
  const bool crowded = shared_.unread + bytes > limits.all_streams_bytes;
  const std::size_t share = std::min(limits.stream_share_bytes, limits.stream_queue_bytes);
  const std::size_t most = crowded ? share : limits.stream_queue_bytes;
  if (beginning_ || output_.size() + bytes <= begun_with_ + most) return true;
  cut_off_ = true;
  shared_.cut_off();
  later([this] { close(); });
  return false;
}

void Connection::sink_close() {
  if (sink_closed_) return;
  sink_closed_ = true;
  stream_ends_ = next_tick_ = kNever;
  later([this] {
    if (state_ == State::kStreaming) {
      end_stream();
      advance_soon();
    } else if (state_ == State::kUpgraded) {
      end_upgrade();
    }
  });
}

void Connection::sink_when_drained(std::function<void()> again) {
  when_drained_ = std::move(again);
  if (output_.size() > shared_.limits.header_bytes || !is_open()) return;
  later([this] {
    if (!when_drained_) return;
    const auto then = std::exchange(when_drained_, nullptr);
    then();
  });
}

void Connection::sink_pause_input(bool paused) {
  if (state_ != State::kUpgraded || input_paused_ == paused) return;
  input_paused_ = paused;
  want_input(false);
  if (!paused) later([this] { deliver_input(); });
}

void Connection::end_stream() {
  detach_sinks();
  if (!framing_.http_10) output_.add(kLastChunk);
  state_ = State::kAnswering;
  want_input(false);
  settle();
}

/// The rest of the queue is sent, then the connection ends.
void Connection::end_upgrade() {
  detach_sinks();
  state_ = State::kAnswering;
  want_input(false);
  settle();
}

void Connection::tick_by(TimePoint now) {
  next_tick_ = kNever;
  if (tick_.count() == 0) return;
  next_tick_ = now + tick_;
  shared_.wake_at(next_tick_);
}

void Connection::detach_sinks() {
  stream_ends_ = next_tick_ = kNever;
  if (stream_sink_) stream_sink_->detach();
  if (upgrade_sink_) upgrade_sink_->detach();
  stream_sink_.reset();
  upgrade_sink_.reset();
  when_drained_ = nullptr;
  begun_with_ = 0;
  count_unread();
  stream_.reset();
  if (const auto upgrade = std::move(upgrade_)) upgrade->on_close();
}

void Connection::drained() {
  begun_with_ = 0;
  if (state_ != State::kAnswering) return;
  next_request();
  advance_soon();
}

}  // namespace podrun::api
