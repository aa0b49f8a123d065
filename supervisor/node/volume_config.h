// What a pod's volumes take from the API: volumes.json's content.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/api/client.h"
#include "supervisor/api/token_order.h"
#include "supervisor/node/config_files.h"

namespace podrun::node {

/// What the volumes of a pod refer to.
struct VolumeNeeds : ObjectNeeds {
  std::vector<api::TokenOrder> tokens;
  bool any() const { return ObjectNeeds::any() || !tokens.empty(); }
};
VolumeNeeds volume_needs(const store::Json& pod);

/// Gives a token, or throws ApiError.
using IssueToken = std::function<api::IssuedToken(const api::TokenOrder&)>;

/// The tokens of one pod, each replaced when four fifths of its life are over (kubelet:
/// pkg/kubelet/token).
class PodTokens {
 public:
  explicit PodTokens(IssueToken issue) : issue_(std::move(issue)) {}
  /// Nothing where the account is not there.
  std::optional<std::string> get(const api::TokenOrder& order, WallTime now);
  /// When the first of them is to be replaced.
  std::optional<WallTime> next_due() const;

 private:
  struct Held {
    std::string token;
    WallTime due;
  };
  IssueToken issue_;
  std::map<std::string, Held> held_;
};

/// What of these needs the API has by now.
pod::ConfigData volume_config(const api::Client& client, const store::Json& pod,
                              const VolumeNeeds& needs, PodTokens& tokens, WallTime now);

}  // namespace podrun::node
