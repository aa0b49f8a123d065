// One client's connection: requests one after another, their answers, and the streams and upgrades
// that some of them become.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "supervisor/api/server/answer.h"
#include "supervisor/api/server/request_parser.h"
#include "supervisor/api/server/shared.h"
#include "supervisor/api/server/sinks.h"
#include "supervisor/api/server/wire.h"

namespace podrun::api {

class Connection final : public Wire, private Outlet {
 public:
  using TimePoint = Shared::TimePoint;

  /// `user` is whom the socket itself names; `slot` is held as long as the connection is open.
  Connection(Shared& shared, Fd socket, std::unique_ptr<Channel> channel, std::optional<User> user,
             std::shared_ptr<void> slot);

  void start();
  /// The answer that waited for the commit.
  void deliver(Response response);
  /// Ends as soon as what is queued is sent: the server stops.
  void finish();
  void close();
  /// The time after which expire() closes it; the far future where there is none.
  TimePoint deadline() const {
    return std::min({read_deadline_, write_deadline_, stream_ends_, next_tick_});
  }
  /// Ends what has had its time, and tells a stream of its tick.
  void expire(TimePoint now);

 private:
  enum class State {
    kHandshake,
    kHead,       // waits for a request or its headers
    kBody,       // waits for the rest of a request
    kDeferred,   // the answer waits for the commit
    kAnswering,  // the answer waits for the client to read it
    kStreaming,
    kUpgraded,
    kLingering,  // waits for the client to close its side, so that it can read the last answer
  };
  static constexpr TimePoint kNever = TimePoint::max();

  // Wire
  void on_ready() override;
  void on_input(std::string_view bytes) override;
  void on_end() override;
  void on_sent() override;
  void on_broken() override { close(); }
  // Outlet
  bool sink_write(std::string_view bytes) override;
  void sink_close() override;
  std::size_t sink_queued() const override { return output_.size(); }
  void sink_when_drained(std::function<void()> again) override;
  void sink_pause_input(bool paused) override;

  bool reads_requests() const { return state_ == State::kHead || state_ == State::kBody; }
  /// Takes requests out of input_, as many as one turn allows.
  void advance();
  void advance_soon();
  bool step();
  void on_head();
  void on_request();
  Response handle(const Request& request);
  std::optional<User> who(const Request& request) const;

  void answer(Response response);
  void refuse(int status, const std::string& message);
  void send_stream(const Response& response);
  void send_upgrade(const Response& response);
  /// Goes on where the answer is sent already.
  void settle();
  void next_request();
  void linger();

  bool may_take_more(std::size_t bytes);
  void count_unread();
  void end_stream();
  void tick_by(TimePoint now);
  void end_upgrade();
  void detach_sinks();
  void deliver_input();
  void drained();

  void read_by(std::chrono::milliseconds time);
  void write_goes_on();
  void release_input();

  Shared& shared_;
  std::optional<User> user_;
  std::shared_ptr<void> slot_;
  State state_ = State::kHandshake;
  std::string input_;
  std::size_t input_taken_ = 0;
  std::optional<RequestParser> parser_;
  std::optional<User> asker_;  // of the request whose body is read
  Framing framing_;
  bool close_after_ = false;
  bool advance_planned_ = false;
  TimePoint read_deadline_ = kNever, write_deadline_ = kNever;

  // kStreaming, kUpgraded
  TimePoint stream_ends_ = kNever, next_tick_ = kNever;
  std::chrono::seconds tick_{0};
  std::shared_ptr<OutletSink<StreamSink>> stream_sink_;
  std::unique_ptr<Stream> stream_;
  std::shared_ptr<OutletSink<UpgradeSink>> upgrade_sink_;
  std::unique_ptr<Upgrade> upgrade_;
  std::function<void()> when_drained_;
  bool beginning_ = false;      // within the call that makes the stream
  std::size_t begun_with_ = 0;  // bytes queued by that call, until they are sent
  std::size_t unread_ = 0;      // this stream's part of Shared::unread
  bool sink_closed_ = false;
  bool cut_off_ = false;
  bool input_paused_ = false;
};

}  // namespace podrun::api
