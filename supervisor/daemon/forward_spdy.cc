#include "supervisor/daemon/forward_spdy.h"

#include <charconv>
#include <map>
#include <utility>

#include "supervisor/daemon/spdy_client.h"

namespace podrun::daemon {
namespace {

using api::SpdyEncoder;
using api::SpdyFrame;

/// Of one client; each holds a socket and some memory.
constexpr std::size_t kMaxConnections = 1000;

std::string_view header(const SpdyFrame& frame, std::string_view name) {
  const auto found = frame.headers.find(name);
  return found == frame.headers.end() ? std::string_view() : std::string_view(found->second);
}

/// 0 for what is no port.
std::uint16_t port_number(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? port : 0;
}

class SpdyForwards final : public SpdyClient {
 public:
  SpdyForwards(std::shared_ptr<api::UpgradeSink> sink, ForwardTarget target, node::Reactor& reactor)
      : SpdyClient(std::move(sink)), target_(std::move(target)), reactor_(reactor) {}

 private:
  /// A pair of streams, and the connection once both are there.
  class Pair final : public ForwardWire {
   public:
    Pair(SpdyForwards& all, std::uint16_t port) : all_(all), port_(port) {}

    void begin() {
      forward_ = std::make_unique<Forward>(all_.target_.make_socket, port_, *this, all_.reactor_);
    }
    void resume() {
      if (forward_ && std::exchange(held_back_, false)) forward_->resume();
    }
    void let_go_of_input() {
      if (std::exchange(paused_, false)) all_.pause(false);
    }

    // ForwardWire
    void send(std::string_view bytes) override {
      all_.write(SpdyEncoder::data(data, bytes, false));
    }
    void over(const std::string& why) override {
      if (!why.empty()) {
        all_.write(SpdyEncoder::data(error, all_.error_text(port_, why), false));
      }
      all_.write(SpdyEncoder::data(data, {}, true));
      all_.write(SpdyEncoder::data(error, {}, true));
      is_over = true;
      all_.sweep_soon();
    }
    std::size_t queued() const override { return all_.queued_bytes(); }
    void ask_to_resume() override {
      held_back_ = true;
      all_.ask_to_resume();
    }
    void pause_input(bool paused) override {
      if (std::exchange(paused_, paused) != paused) all_.pause(paused);
    }

    Forward* forward() { return forward_.get(); }
    std::uint16_t port() const { return port_; }
    std::uint32_t data = 0, error = 0;  // the streams; 0: not there yet
    bool is_over = false;

   private:
    SpdyForwards& all_;
    std::uint16_t port_;
    bool held_back_ = false, paused_ = false;
    std::unique_ptr<Forward> forward_;
  };

  void on_gone() override { connections_.clear(); }
  void on_frame(const SpdyFrame& frame) override {
    if (frame.kind == SpdyFrame::Kind::kStream) {
      on_stream(frame);
    } else {
      on_data(frame);
    }
  }

  // k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go
  void on_stream(const SpdyFrame& frame) {
    const std::string_view type = header(frame, "streamtype");
    const std::uint16_t port = port_number(header(frame, "port"));
    const bool is_data = type == "data";
    if ((!is_data && type != "error") || port == 0 || frame.id <= last_stream_) return end();
    last_stream_ = frame.id;
    std::string request(header(frame, "requestid"));
    // Clients of before 1.2 open the error stream right before the data stream.
    if (request.empty()) request = "#" + std::to_string(is_data ? frame.id - 2 : frame.id);
    auto& pair = connections_[request];
    if (!pair) {
      if (connections_.size() > kMaxConnections) return end();
      pair = std::make_unique<Pair>(*this, port);
    }
    std::uint32_t& stream = is_data ? pair->data : pair->error;
    if (stream != 0 || pair->port() != port) return end();
    stream = frame.id;
    if (is_data) by_data_[frame.id] = request;
    write(encoder().reply(frame.id));
    if (pair->data != 0 && pair->error != 0) pair->begin();
  }

  void on_data(const SpdyFrame& frame) {
    const auto known = by_data_.find(frame.id);
    if (known == by_data_.end()) return;  // the client's half of an error stream, or one that ended
    const auto found = connections_.find(known->second);
    if (found == connections_.end()) return;
    if (frame.kind == SpdyFrame::Kind::kReset) return drop(found);
    Forward* const forward = found->second->forward();
    // Data before there is a connection is not what clients send.
    if (forward == nullptr) return end();
    if (!frame.payload.empty()) forward->input(frame.payload);
    if (frame.final) forward->end_input();
  }

  using Connections = std::map<std::string, std::unique_ptr<Pair>>;
  /// The client wants nothing more of it.
  void drop(Connections::iterator found) {
    Pair& pair = *found->second;
    if (pair.error != 0 && !pair.is_over) write(SpdyEncoder::data(pair.error, {}, true));
    pair.let_go_of_input();
    by_data_.erase(pair.data);
    connections_.erase(found);
  }

  /// From the loop: who ends may be in the middle of its own call.
  void sweep_soon() {
    if (!sweep_) sweep_ = reactor_.call_after(Nanoseconds(0), [this] { sweep(); });
  }
  void sweep() {
    sweep_.reset();
    for (auto each = connections_.begin(); each != connections_.end();) {
      const bool gone = each->second->is_over;
      if (gone) by_data_.erase(each->second->data);
      each = gone ? connections_.erase(each) : std::next(each);
    }
  }

  std::string error_text(std::uint16_t port, const std::string& why) const {
    return "error forwarding port " + std::to_string(port) + " to pod " + target_.uid +
           ", uid : " + why;
  }
  void ask_to_resume() {
    if (flow() == nullptr) return;
    flow()->when_drained([this] {
      for (auto& [request, pair] : connections_) pair->resume();
    });
  }
  /// One that does not take its input holds back all: they share the client's connection.
  void pause(bool paused) {
    paused_ += paused ? 1 : -1;
    if (flow() != nullptr) flow()->pause_input(paused_ > 0);
  }

  ForwardTarget target_;
  node::Reactor& reactor_;
  std::uint32_t last_stream_ = 0;
  int paused_ = 0;
  Connections connections_;                       // by request
  std::map<std::uint32_t, std::string> by_data_;  // its request, by a data stream
  node::Reactor::Watch sweep_;
};

}  // namespace

std::unique_ptr<api::Upgrade> forward_over_spdy(std::shared_ptr<api::UpgradeSink> sink,
                                                ForwardTarget target, node::Reactor& reactor) {
  return std::make_unique<SpdyForwards>(std::move(sink), std::move(target), reactor);
}

}  // namespace podrun::daemon
