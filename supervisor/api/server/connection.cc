#include "supervisor/api/server/connection.h"

#include <algorithm>

#include "supervisor/api/server/wire_later.h"

namespace podrun::api {

namespace {
/// Requests of one client in one turn of the event loop.
constexpr int kRequestsPerTurn = 16;
/// Input memory that an idle connection may keep.
constexpr std::size_t kKeptInput = 4096;

std::string_view bearer_token(const Request& request) {
  const auto header = request.headers.find("authorization");
  if (header == request.headers.end()) return {};
  constexpr std::string_view kScheme = "bearer ";
  std::string_view value = header->second;
  const auto same = [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); };
  if (value.size() <= kScheme.size() ||
      !std::equal(kScheme.begin(), kScheme.end(), value.begin(), same))
    return {};
  value.remove_prefix(kScheme.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return value;
}
}  // namespace

Connection::Connection(Shared& shared, Fd socket, std::unique_ptr<Channel> channel,
                       std::optional<User> user, std::shared_ptr<void> slot)
    : Wire(shared.io, std::move(socket), std::move(channel), shared.scratch),
      shared_(shared),
      user_(std::move(user)),
      slot_(std::move(slot)) {}

void Connection::start() {
  read_by(shared_.limits.handshake_timeout);
  begin();
}

void Connection::on_ready() {
  if (!user_) user_ = channel_->peer();
  state_ = State::kHead;
  // Who has not said anything yet is not given the time of a client between requests.
  read_by(shared_.limits.header_timeout);
  if (shared_.stopping) return close();
  want_input(true);
}

void Connection::on_input(std::string_view bytes) {
  switch (state_) {
    case State::kLingering:
      return;
    case State::kUpgraded:
      if (sink_closed_) return;
      if (input_.empty() && !input_paused_) {
        upgrade_->on_bytes(bytes);
      } else {
        input_.append(bytes);
      }
      return;
    default:
      input_.append(bytes);
  }
  if (reads_requests()) {
    advance();
  } else {
    // The next request comes while this one's stream goes on: it waits.
    want_input(input_.size() < shared_.limits.header_bytes);
  }
}

void Connection::on_end() { close(); }

void Connection::advance() {
  for (int i = 0; i < kRequestsPerTurn && is_open() && reads_requests(); ++i) {
    // One request takes two steps: its headers, its end.
    if (!step() || (is_open() && reads_requests() && !step())) break;
  }
  if (!is_open()) return;
  release_input();
  if (!reads_requests()) return;
  const bool starved = parser_ ? parser_->state() == RequestParser::State::kMore : input_.empty();
  want_input(starved);
  if (!starved) advance_soon();
}

/// Never from within a call of the handler: requests that came together do not nest.
void Connection::advance_soon() {
  if (!is_open() || !reads_requests() || advance_planned_) return;
  if (input_taken_ == input_.size() && !parser_) return want_input(true);
  advance_planned_ = true;
  later([this] {
    advance_planned_ = false;
    if (reads_requests()) advance();
  });
}

/// False: more bytes are needed.
bool Connection::step() {
  if (input_taken_ == input_.size() && !parser_) return false;
  if (!parser_) {
    parser_.emplace(shared_.limits);
    read_by(shared_.limits.header_timeout);
  }
  input_taken_ += parser_->feed(std::string_view(input_).substr(input_taken_));
  switch (parser_->state()) {
    case RequestParser::State::kMore:
      return false;
    case RequestParser::State::kHead:
      on_head();
      return true;
    case RequestParser::State::kDone:
      on_request();
      return true;
    case RequestParser::State::kFailed:
      refuse(parser_->failure().status, parser_->failure().message);
      return true;
  }
  return false;
}

std::optional<User> Connection::who(const Request& request) const {
  if (user_) return user_;
  const std::string_view token = bearer_token(request);
  if (token.empty() || !shared_.authenticate) return std::nullopt;
  return shared_.authenticate(token);
}

/// Whoever may not ask is told so before the body is read.
void Connection::on_head() {
  asker_ = who(parser_->request());
  if (!asker_) return refuse(401, "Unauthorized");
  state_ = State::kBody;
  read_by(shared_.limits.body_timeout);
  if (parser_->expects_continue()) {
    output_.add(kContinue);
    flush();
  }
}

void Connection::on_request() {
  Request request = parser_->take_request();
  framing_ = {parser_->keep_alive() && !close_after_ && !shared_.stopping, parser_->is_http_10(),
              parser_->is_head()};
  request.user = *std::exchange(asker_, std::nullopt);
  parser_.reset();
  read_deadline_ = kNever;
  Response response = handle(request);
  if (!is_open()) return;
  if (!response.after_commit) return answer(std::move(response));
  state_ = State::kDeferred;
  want_input(false);
  const bool first = shared_.uncommitted.empty();
  shared_.uncommitted.emplace_back(std::static_pointer_cast<Connection>(shared_from_this()),
                                   std::move(response));
  if (first && shared_.request_commit) shared_.request_commit();
}

Response Connection::handle(const Request& request) {
  try {
    return shared_.handler(request);
  } catch (const std::exception& error) {
    return refusal(500, error.what());
  }
}

void Connection::deliver(Response response) {
  if (!is_open() || state_ != State::kDeferred) return;
  answer(std::move(response));
  advance_soon();
}

void Connection::refuse(int status, const std::string& message) {
  Response response = refusal(status, message);  // the message may be the parser's
  close_after_ = true;
  framing_.keep_alive = false;
  if (parser_) framing_.is_head = parser_->is_head();
  parser_.reset();
  read_deadline_ = kNever;
  answer(std::move(response));
}

void Connection::answer(Response response) {
  close_after_ = close_after_ || !framing_.keep_alive || shared_.stopping;
  framing_.keep_alive = !close_after_;
  want_input(false);
  try {
    if (response.upgrade) return send_upgrade(response);
    if (response.stream && !framing_.is_head) return send_stream(response);
  } catch (const std::exception&) {
    return close();  // the head is sent: there is no other way to say it
  }
  state_ = State::kAnswering;
  output_.add(answer_head(response, framing_, std::time(nullptr)));
  if (!framing_.is_head && response.status != 204 && response.status != 304)
    output_.take(std::move(response.body));
  settle();
}

void Connection::settle() {
  const bool sent = flush();
  write_goes_on();
  if (sent && state_ == State::kAnswering) next_request();
}

void Connection::next_request() {
  if (close_after_ || shared_.stopping) return linger();
  state_ = State::kHead;
  read_by(shared_.limits.idle_timeout);
}

void Connection::linger() {
  state_ = State::kLingering;
  write_deadline_ = kNever;
  read_by(shared_.limits.linger_timeout);
  end_output();
  input_paused_ = false;
  want_input(true);
}

void Connection::on_sent() {
  write_goes_on();
  count_unread();
  if (output_.empty()) drained();
  if (!is_open() || output_.size() > shared_.limits.header_bytes || !when_drained_) return;
  const auto again = std::exchange(when_drained_, nullptr);
  again();
}

void Connection::finish() {
  close_after_ = true;
  switch (state_) {
    case State::kHandshake:
    case State::kHead:
      if (!parser_) close();
      return;
    case State::kStreaming:
      return end_stream();
    case State::kUpgraded:
      return end_upgrade();
    default:
      return;
  }
}

void Connection::close() {
  if (!is_open()) return;
  const auto self = shared_from_this();
  if (state_ != State::kLingering) end_output();
  close_descriptor();
  detach_sinks();
  slot_.reset();
  shared_.forget(*this);
}

void Connection::expire(TimePoint now) {
  if (std::min(read_deadline_, write_deadline_) <= now) {
    if (write_deadline_ <= now) shared_.cut_off();
    return close();
  }
  if (stream_ends_ <= now) {
    sink_close();
  } else if (next_tick_ <= now) {
    tick_by(now);
    if (stream_) stream_->tick();
  }
}

void Connection::read_by(std::chrono::milliseconds time) {
  read_deadline_ = std::chrono::steady_clock::now() + time;
  shared_.wake_at(read_deadline_);
}

/// Some of the queue was sent, or it just began: the client has its time again.
void Connection::write_goes_on() {
  if (state_ == State::kLingering) return;
  if (output_.empty()) {
    write_deadline_ = kNever;
  } else {
    write_deadline_ = std::chrono::steady_clock::now() + shared_.limits.stall_timeout;
    shared_.wake_at(write_deadline_);
  }
}

void Connection::release_input() {
  input_.erase(0, input_taken_);
  input_taken_ = 0;
  if (input_.empty() && input_.capacity() > kKeptInput) std::string().swap(input_);
}

}  // namespace podrun::api
