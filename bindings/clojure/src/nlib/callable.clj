(ns nlib.callable
  "Types whose values are called like functions, with any number of arguments.")

(set! *warn-on-reflection* true)

(definterface Called
  (^Object callWith [^"[Ljava.lang.Object;" values]))

(defn- filled [symbols]
  `(doto (object-array ~(count symbols))
     ~@(map-indexed (fn [index symbol] `(aset ~index ~symbol)) symbols)))

(defmacro defcallable
  "As deftype, with the function that takes the array of arguments written like a method: (call-with [this
  values] ...). What a thread or executor runs is the call without arguments."
  [name fields [_ [this values] & body] & specs]
  (let [symbols (mapv #(symbol (str "a" %)) (range 20))
        self (symbol "self")
        invoke (fn [count]
                 (let [taken (subvec symbols 0 count)]
                   `(~'invoke [~self ~@taken] (.callWith ~self ~(filled taken)))))]
    `(deftype ~name ~fields
       nlib.callable.Called
       (~'callWith [~this ~values] (let [~(with-meta values {:tag 'objects}) ~values] ~@body))
       clojure.lang.IFn
       (~'run [~self] (.callWith ~self (object-array 0)) nil)
       (~'call [~self] (.callWith ~self (object-array 0)))
       ~@(map invoke (range 21))
       (~'invoke [~self ~@symbols more#]
        (.callWith ~self (object-array (concat ~symbols more#))))
       (~'applyTo [~self arguments#] (.callWith ~self (object-array arguments#)))
       ~@specs)))
