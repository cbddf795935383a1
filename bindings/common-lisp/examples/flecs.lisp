;;;; Flecs: components, entities, and a system that is a function of Lisp's.
;;;;
;;;;     sbcl --script flecs.lisp    or    ecl --shell flecs.lisp

(require :asdf)
(asdf:load-system "nlib")

(nlib:define-library flecs :name "flecs")
(nlib:define-functions flecs)

;;; A component is a size; Lisp names the fields.

(defparameter *position* '(:struct (x :float) (y :float)))
(defparameter *velocity* '(:struct (x :float) (y :float)))

(defun component (world name type)
  "The id of a component of this name and TYPE."
  (flecs:ecs-component-init
   world
   (list :entity (flecs:ecs-entity-init world (list :name name :symbol name))
         :type (list :size (nlib:size-of type) :alignment 4))))

(defun set-component (world entity component type x y)
  (nlib:with-foreign ((value type :x x :y y))
    (flecs:ecs-set-id world entity component (nlib:size-of type) value)))

(defun field (iterator type index)
  "The values of a component that the system sees, the first of as many as there are entities."
  (nlib:cast (flecs:ecs-field-w-size iterator (nlib:size-of type) index) type))

(defun move (iterator)
  "The system: called once in a frame for each group of entities that have both components."
  (let ((positions (field iterator *position* 0))
        (velocities (field iterator *velocity* 1))
        (seconds (nlib:slot iterator :delta-time)))
    (dotimes (i (nlib:slot iterator :count))
      (let ((position (nlib:ref positions i))
            (velocity (nlib:ref velocities i)))
        (incf (nlib:slot position :x) (* seconds (nlib:slot velocity :x)))
        (incf (nlib:slot position :y) (* seconds (nlib:slot velocity :y)))))))

(let* ((world (flecs:ecs-init))
       (position (component world "Position" *position*))
       (velocity (component world "Velocity" *velocity*))
       (on-update (logior flecs:*ecs-pair* (ash flecs:*ecs-depends-on* 32) flecs:*ecs-on-update*)))
  ;; Given as a symbol, MOVE may be defined anew while the world runs.
  (flecs:ecs-system-init
   world
   (list :entity (flecs:ecs-entity-init world (list :name "move" :add (list on-update 0)))
         :query (list :terms (list (list :id position) (list :id velocity)))
         :callback 'move))
  (let ((entities (loop for (name x y dx dy) in '(("comet" 0 10 4 -1) ("moon" 5 5 0 2) ("star" 1 1))
                        for entity = (flecs:ecs-entity-init world (list :name name))
                        do (set-component world entity position *position* x y)
                           (when dx
                             (set-component world entity velocity *velocity* dx dy))
                        collect entity)))
    (loop repeat 10 do (flecs:ecs-progress world 0.5))
    (dolist (entity entities)
      (let ((value (nlib:cast (flecs:ecs-get-id world entity position) *position*)))
        (format t "~a at (~,1f, ~,1f)~%" (flecs:ecs-get-name world entity)
                (nlib:slot value :x) (nlib:slot value :y)))))
  (flecs:ecs-fini world))
