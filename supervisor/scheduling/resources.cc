// Requests of pods and what nodes have (component-helpers/resource/helpers.go).
#include <algorithm>

#include "base/error.h"
#include "base/quantity.h"
#include "supervisor/scheduling/pod_facts.h"

namespace podrun::scheduling {
namespace {

void add(std::map<std::string, std::int64_t>& all, const std::map<std::string, std::int64_t>& more,
         std::int64_t sign) {
  for (const auto& [name, amount] : more) all[name] += sign * amount;
}

}  // namespace

Resources& operator+=(Resources& all, const Resources& more) {
  all.milli_cpu += more.milli_cpu;
  all.memory += more.memory;
  all.ephemeral_storage += more.ephemeral_storage;
  add(all.others, more.others, 1);
  return all;
}

Resources& operator-=(Resources& all, const Resources& less) {
  all.milli_cpu -= less.milli_cpu;
  all.memory -= less.memory;
  all.ephemeral_storage -= less.ephemeral_storage;
  add(all.others, less.others, -1);
  return all;
}

Resources resources_from(const Json& quantities) {
  Resources resources;
  if (!quantities.is_object()) return resources;
  for (const auto& [name, written] : quantities.items()) {
    try {
      const Quantity quantity = Quantity::parse(
          written.is_string() ? written.get_ref<const std::string&>() : written.dump());
      if (name == "cpu") {
        resources.milli_cpu = quantity.milli_value();
      } else if (name == "memory") {
        resources.memory = quantity.value();
      } else if (name == "ephemeral-storage") {
        resources.ephemeral_storage = quantity.value();
      } else if (name != "pods") {
        resources.others[name] = quantity.value();
      }
    } catch (const BadInput&) {
      // Validation lets none by; it then counts as nothing.
    }
  }
  return resources;
}

}  // namespace podrun::scheduling
