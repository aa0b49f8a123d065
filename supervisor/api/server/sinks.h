// The sinks that handlers hold: they outlive the connection, and then do nothing.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "supervisor/api/flow.h"
#include "supervisor/api/http.h"

namespace podrun::api {

/// What a sink does, while there is a connection.
class Outlet {
 public:
  virtual ~Outlet() = default;
  virtual bool sink_write(std::string_view bytes) = 0;
  virtual void sink_close() = 0;
  virtual std::size_t sink_queued() const = 0;
  virtual void sink_when_drained(std::function<void()> again) = 0;
  virtual void sink_pause_input(bool paused) = 0;
};

/// Both kinds of sink; `Interface` is StreamSink or UpgradeSink.
template <typename Interface>
class OutletSink final : public Interface, public Flow {
 public:
  explicit OutletSink(Outlet& outlet) : outlet_(&outlet) {}
  /// The connection is gone, or is used for the next request.
  void detach() { outlet_ = nullptr; }

  bool write(std::string_view bytes) override {
    return outlet_ != nullptr && outlet_->sink_write(bytes);
  }
  void close() override {
    if (outlet_ != nullptr) outlet_->sink_close();
  }
  std::size_t queued() const override { return outlet_ != nullptr ? outlet_->sink_queued() : 0; }
  void when_drained(std::function<void()> again) override {
    if (outlet_ != nullptr) outlet_->sink_when_drained(std::move(again));
  }
  void pause_input(bool paused) override {
    if (outlet_ != nullptr) outlet_->sink_pause_input(paused);
  }

 private:
  Outlet* outlet_;
};

}  // namespace podrun::api
