#include "supervisor/daemon/websocket_tunnel.h"

#include <utility>

#include "supervisor/api/flow.h"
#include "supervisor/api/server/websocket.h"

namespace podrun::daemon {
namespace {

using api::Opcode;

constexpr std::size_t kMaxMessage = 1u << 20;
constexpr std::uint16_t kNormalClosure = 1000;

/// Wraps what the carried protocol writes.
class TunnelSink final : public api::UpgradeSink, public api::Flow {
 public:
  explicit TunnelSink(std::shared_ptr<api::UpgradeSink> outer)
      : outer_(std::move(outer)), flow_(dynamic_cast<api::Flow*>(outer_.get())) {}

  bool write(std::string_view bytes) override {
    return bytes.empty() || outer_->write(api::websocket_frame(Opcode::kBinary, bytes));
  }
  void close() override { close_with(kNormalClosure); }
  void close_with(std::uint16_t code) {
    if (std::exchange(closed_, true)) return;
    outer_->write(api::websocket_close(code));
    outer_->close();
  }
  bool is_closed() const { return closed_; }
  void pong(std::string_view payload) {
    outer_->write(api::websocket_frame(Opcode::kPong, payload));
  }

  std::size_t queued() const override { return flow_ == nullptr ? 0 : flow_->queued(); }
  void when_drained(std::function<void()> again) override {
    if (flow_ != nullptr) flow_->when_drained(std::move(again));
  }
  void pause_input(bool paused) override {
    if (flow_ != nullptr) flow_->pause_input(paused);
  }

 private:
  std::shared_ptr<api::UpgradeSink> outer_;
  api::Flow* flow_;
  bool closed_ = false;
};

class WebSocketTunnel final : public api::Upgrade {
 public:
  WebSocketTunnel(std::shared_ptr<TunnelSink> sink, std::unique_ptr<api::Upgrade> inner)
      : sink_(std::move(sink)), inner_(std::move(inner)) {}

  void on_bytes(std::string_view bytes) override {
    decoder_.feed(bytes);
    while (!sink_->is_closed()) {
      const auto message = decoder_.next();
      if (!message) break;
      if (message->opcode == Opcode::kPing) {
        sink_->pong(message->payload);
      } else if (message->opcode == Opcode::kClose) {
        sink_->close();
      } else if (message->opcode != Opcode::kPong) {
        inner_->on_bytes(message->payload);
      }
    }
    if (decoder_.failure() != 0) sink_->close_with(decoder_.failure());
  }
  void on_close() override { inner_->on_close(); }

 private:
  std::shared_ptr<TunnelSink> sink_;
  std::unique_ptr<api::Upgrade> inner_;
  api::WebSocketDecoder decoder_{kMaxMessage};
};

}  // namespace

std::unique_ptr<api::Upgrade> tunnel_over_websocket(
    std::shared_ptr<api::UpgradeSink> sink,
    const std::function<std::unique_ptr<api::Upgrade>(std::shared_ptr<api::UpgradeSink>)>& begin) {
  auto end = std::make_shared<TunnelSink>(std::move(sink));
  auto inner = begin(end);
  return std::make_unique<WebSocketTunnel>(std::move(end), std::move(inner));
}

}  // namespace podrun::daemon
