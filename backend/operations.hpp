// What `pdnsutil backend-cmd remote WORD` reaches beside the zones: the daemon around us. Thread-safe.
#pragma once

#include <string>

#include "base/result.hpp"

namespace custdkim::backend {

class Operations {
  public:
    virtual ~Operations() = default;

    // Lines of text for an operator.
    virtual std::string status() const = 0;

    // Reads the files of static zones again. The Error has a line for each that keeps its last good contents.
    virtual Result<std::string> reload() = 0;
};

}  // namespace custdkim::backend
