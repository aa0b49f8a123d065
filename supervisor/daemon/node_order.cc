#include "supervisor/daemon/node_order.h"

#include <string>

#include "base/error.h"
#include "base/quantity.h"
#include "supervisor/api/api_error.h"
#include "supervisor/api/json_path.h"

namespace podrun::daemon {
namespace {

constexpr std::int64_t kLeastMemory = 1 << 20;

/// 0 where it is not said.
std::int64_t share_at(const store::Json& order, const char* field, std::int64_t least,
                      std::int64_t most) {
  const std::string text = api::text_at(order, field);
  if (text.empty()) return 0;
  const auto refuse = [&](const std::string& why) {
    return api::bad_request(std::string(field) + ": Invalid value: \"" + text + "\": " + why);
  };
  Quantity quantity;
  try {
    quantity = Quantity::parse(text);
  } catch (const BadInput& error) {
    throw api::bad_request(std::string(field) + ": " + error.what());
  }
  const std::int64_t number = quantity.value();
  if (number <= 0 || quantity != Quantity::from_integer(number)) {
    throw refuse("must be a whole number greater than 0");
  }
  if (number < least) throw refuse("must be at least " + std::to_string(least));
  if (number > most) throw refuse("must be no more than this machine has: " + std::to_string(most));
  return number;
}

}  // namespace

pod::NodePlace node_place(const store::Json& order, const MachineShare& machine) {
  pod::NodePlace place;
  place.name = api::text_at(order, "name");
  place.cpus = share_at(order, "cpus", 1, machine.cpus);
  place.memory_bytes = share_at(order, "memory", kLeastMemory, machine.memory_bytes);
  return place;
}

}  // namespace podrun::daemon
