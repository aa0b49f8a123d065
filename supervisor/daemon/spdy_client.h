// A client's SPDY connection: what exec and port-forward do alike on it.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "supervisor/api/flow.h"
#include "supervisor/api/http.h"
#include "supervisor/api/server/spdy.h"

namespace podrun::daemon {

class SpdyClient : public api::Upgrade {
 public:
  /// Takes the frames apart; pings are answered here. What is no SPDY ends the connection.
  void on_bytes(std::string_view bytes) final;
  void on_close() final;

 protected:
  explicit SpdyClient(std::shared_ptr<api::UpgradeSink> sink);

  virtual void on_frame(const api::SpdyFrame& frame) = 0;
  /// The client is gone: lets go of what was held for it.
  virtual void on_gone() = 0;

  void write(std::string_view bytes) {
    if (!over_) sink_->write(bytes);
  }
  /// Nothing is destroyed here: this may be somebody's own call.
  void end();
  bool over() const { return over_; }
  /// Null where the sink has none.
  api::Flow* flow() const { return flow_; }
  std::size_t queued_bytes() const { return flow_ == nullptr ? 0 : flow_->queued(); }
  api::SpdyEncoder& encoder() { return encoder_; }

 private:
  static constexpr std::size_t kMaxFrame = 1u << 20;
  std::shared_ptr<api::UpgradeSink> sink_;
  api::Flow* flow_;
  api::SpdyDecoder decoder_{kMaxFrame};
  api::SpdyEncoder encoder_;
  bool over_ = false;
};

}  // namespace podrun::daemon
