// Wire::later, for those who call it (it takes more of Boost.Asio).
#pragma once

#include <boost/asio/post.hpp>
#include <utility>

#include "supervisor/api/server/wire.h"

namespace podrun::api {

template <typename Then>
void Wire::later(Then then) {
  boost::asio::post(io_, [self = shared_from_this(), then = std::move(then)] {
    if (self->open_) then();
  });
}

}  // namespace podrun::api
