#include "supervisor/daemon/exec_websocket.h"

#include <string>
#include <utility>

#include "supervisor/api/flow.h"
#include "supervisor/api/server/websocket.h"

namespace podrun::daemon {
namespace {

using api::Opcode;

constexpr std::size_t kMaxMessage = 1u << 20;
constexpr std::uint16_t kNormalClosure = 1000;
/// In v5: "the stream whose number follows ends".
constexpr unsigned char kEndOfStream = 255;

class WebSocketExec final : public api::Upgrade, private ExecWire {
 public:
  WebSocketExec(std::shared_ptr<api::UpgradeSink> sink, const SessionStart& start)
      : sink_(std::move(sink)), flow_(dynamic_cast<api::Flow*>(sink_.get())) {
    session_ = start(*this);
  }

  void on_bytes(std::string_view bytes) override {
    decoder_.feed(bytes);
    while (!over_) {
      const auto message = decoder_.next();
      if (!message) break;
      on_message(*message);
    }
    if (!over_ && decoder_.failure() != 0) end(decoder_.failure());
  }

  void on_close() override {
    over_ = true;
    session_.reset();
  }

 private:
  void on_message(const api::WebSocketDecoder::Message& message) {
    if (message.opcode == Opcode::kPing) {
      sink_->write(api::websocket_frame(Opcode::kPong, message.payload));
    } else if (message.opcode == Opcode::kClose) {
      end(kNormalClosure);
    } else if (message.opcode != Opcode::kPong && !message.payload.empty()) {
      on_stream(static_cast<unsigned char>(message.payload[0]),
                std::string_view(message.payload).substr(1));
    }
  }

  /// What is for no stream of the client's is ignored, as Kubernetes does.
  void on_stream(unsigned char stream, std::string_view bytes) {
    if (!session_) return;
    if (stream == static_cast<unsigned char>(ExecStream::kStdin)) {
      session_->input(bytes);
    } else if (stream == static_cast<unsigned char>(ExecStream::kResize)) {
      resize_session(*session_, bytes);
    } else if (stream == kEndOfStream && bytes.size() == 1 && bytes[0] == 0) {
      session_->end_input();
    }
  }

  /// The session is not destroyed here: this may be its own call.
  void end(std::uint16_t code) {
    if (std::exchange(over_, true)) return;
    sink_->write(api::websocket_close(code));
    sink_->close();
  }

  // ExecWire
  void send(ExecStream stream, std::string_view bytes) override {
    if (over_) return;
    std::string message(1, static_cast<char>(stream));
    message += bytes;
    sink_->write(api::websocket_frame(Opcode::kBinary, message));
  }
  void finish() override { end(kNormalClosure); }
  std::size_t queued() const override { return flow_ == nullptr ? 0 : flow_->queued(); }
  void when_drained(std::function<void()> again) override {
    if (flow_ != nullptr) flow_->when_drained(std::move(again));
  }
  void pause_input(bool paused) override {
    if (flow_ != nullptr) flow_->pause_input(paused);
  }

  std::shared_ptr<api::UpgradeSink> sink_;
  api::Flow* flow_;
  api::WebSocketDecoder decoder_{kMaxMessage};
  bool over_ = false;
  std::unique_ptr<WireSession> session_;
};

}  // namespace

std::unique_ptr<api::Upgrade> exec_over_websocket(std::shared_ptr<api::UpgradeSink> sink,
                                                  const SessionStart& start) {
  return std::make_unique<WebSocketExec>(std::move(sink), start);
}

}  // namespace podrun::daemon
